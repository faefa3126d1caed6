import type { Context } from '@/lib/context';
import { messageOf } from '@/lib/errors';
import { type MutationSeen, mutationKey, type Standing } from '@/lib/label-store/health-model';
import { seeMutationsOf } from '@/lib/label-store/unfinished-mutations';
import { atIntervals } from '@/lib/poll';
import { labelTables } from './label-tables';
import { selectSamples, upsertSamples } from './sql/samples';

const everyMs = 15_000;

/** Reads all unfinished mutations of label tables once and stores how far they are. Returns their number. */
export async function sampleMutations(ctx: Context, signal?: AbortSignal): Promise<number> {
  const { tables } = await labelTables(ctx, signal);
  const { seen, unseen } = await seeMutationsOf(ctx, tables);
  for (const { table, error } of unseen)
    ctx.log.warn({ customers: table.customers, reason: reasonOf(error) }, 'mutations of a customer could not be seen');
  const samples = seen.map(({ database, table, host, mutationId, createdAtMs, partsToDo }) => ({
    database,
    table,
    host,
    mutation_id: mutationId,
    created_ms: createdAtMs,
    parts_to_do: partsToDo,
  }));
  await ctx.db.query(upsertSamples, { samples: JSON.stringify(samples), nowMs: ctx.clock.now() });
  return seen.length;
}

/**
 * For each mutation of `seen`, when it last made progress, according to the stored samples. A mutation that has fewer
 * parts to do than in its last sample makes progress now, so it is not in the result.
 */
export async function standingOf(ctx: Pick<Context, 'db' | 'clock'>, seen: readonly MutationSeen[]): Promise<Standing> {
  const now = new Map(seen.map((one) => [mutationKey(one), one.partsToDo]));
  const since = new Map<string, number>();
  for (const sample of await ctx.db.query(selectSamples)) {
    const key = mutationKey(sample);
    const parts = now.get(key);
    if (parts !== undefined && parts >= sample.partsToDo) since.set(key, sample.standingSinceMs);
  }
  return { since, nowMs: ctx.clock.now() };
}

/** What failed, in words: an error without a message has at least its name and its cause. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause !== undefined ? ` (${messageOf(error.cause)})` : '';
  return `${messageOf(error) || String(error)}${cause}`;
}

/** Samples until `signal` aborts. When the engine does not answer, the next sample is tried. */
export async function workMutationSamples(ctx: Context, signal: AbortSignal): Promise<void> {
  const sample = () => sampleMutations(ctx, signal);
  await atIntervals(everyMs, signal, sample, (error) =>
    ctx.log.warn({ reason: reasonOf(error) }, 'the unfinished mutations could not be looked at'),
  );
}
