import type { Context } from '@/lib/context';
import { AppError, messageOf } from '@/lib/errors';
import { selectStop } from '@/lib/holds/sql/stops';
import { backupIdOf, noRows, sameDigest } from '@/lib/label-store/model';
import { atIntervals } from '@/lib/poll';
import { storedJson } from '@/lib/text';
import { type ComparedUnit, contentsNow, differencesNow, labelsNow, summariseUnit } from './compare-unit';
import type { Difference, DifferenceSummary } from './model';
import { claimDue, endSet, insertDifferences } from './sql/sets';

const everyMs = 2_000;
/** A set whose worker died, or could not compare it, is taken again after so long. */
const againSeconds = 120;
const triesMost = 5;
const batch = 1_000;

type Keeps = Pick<Context, 'db' | 'clickhouse' | 'config' | 'clock' | 'log'>;

/**
 * Compares what verified units changed and keeps it, beside the repair and after it: a repair neither waits for this nor
 * fails by it. Returns when `signal` aborts.
 */
export async function workDifferences(ctx: Context, signal: AbortSignal): Promise<void> {
  const work = async () => {
    while (!signal.aborted && (await keepNext(ctx, signal)));
  };
  await atIntervals(everyMs, signal, work, (error) => ctx.log.warn({ err: error }, 'differences were not compared'));
}

/**
 * Compares one unit that is due and keeps at most the configured number of conversations, in one transaction: a worker
 * that is killed before its end has written nothing. False where none is due, or while everything is stopped.
 */
export async function keepNext(ctx: Keeps, signal?: AbortSignal): Promise<boolean> {
  const [stop] = await ctx.db.query(selectStop);
  if (stop) return false;
  const [due] = await ctx.db.query(claimDue, { againSeconds });
  if (!due) return false;
  const { itemId, unit, scope, runId, backupAttempt, rowsBefore } = due;
  const backupId = backupAttempt === null ? null : backupIdOf({ runId, unit, attempt: backupAttempt });
  try {
    const bounded = { ...ctx, clickhouse: ctx.clickhouse.within({ signal }) };
    const before = await labelsNow(bounded, scope);
    const { summary, rows } = await compare(bounded, { unit, scope, backupId, rowsBefore });
    const after = await labelsNow(bounded, scope);
    const asCounted = [before, after].every((digest) => sameDigest(digest, due.counted));
    await save(ctx, itemId, { summary: { ...summary, asCounted }, rows });
  } catch (error) {
    if (signal?.aborted) throw error;
    ctx.log.warn({ err: error, run: runId, unit, tries: due.tries }, 'what a unit changed could not be kept');
    const lasts = error instanceof AppError && (error.code === 'limit' || error.code === 'conflict');
    if (lasts || due.tries >= triesMost) await giveUp(ctx, itemId, error);
  }
  return true;
}

type Compared = { summary: Omit<DifferenceSummary, 'asCounted'>; rows: Difference[] };

async function compare(ctx: Keeps, unit: ComparedUnit): Promise<Compared> {
  const counts = await summariseUnit(ctx, unit);
  const rowsMax = ctx.config.backfill.differencesMost;
  const filter = { fromMs: null, toMs: null };
  const wanted = counts.changed > 0 && rowsMax > 0;
  const { rows } = wanted ? await differencesNow(ctx, unit, { filter, rowsMax, timeoutSeconds: 300 }) : { rows: [] };
  const content = (await contentsNow(ctx, unit.scope, [unit])).get(unit.unit) ?? noRows;
  return { summary: { ...counts, kept: rows.length, content }, rows };
}

async function save(
  ctx: Keeps,
  itemId: string,
  { summary, rows }: { summary: DifferenceSummary; rows: Difference[] },
): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const set = { itemId, state: 'kept' as const, summary: storedJson(summary), sentence: null };
    const [ended] = await tx.query(endSet, { ...set, comparedAt: new Date(ctx.clock.now()) });
    if (!ended) return;
    for (let at = 0; at < rows.length; at += batch) {
      const part = rows.slice(at, at + batch).map((row, index) => ({ ...row, ...namesIn(row), seq: at + index }));
      await tx.query(insertDifferences, { itemId, rows: storedJson(part) });
    }
  });
}

const namesIn = ({ olds, news }: Difference) => ({
  agents: [...new Set([...olds, ...news].map(({ agent }) => agent))],
  useCases: [...new Set([...olds, ...news].map(({ useCase }) => useCase))],
});

async function giveUp(ctx: Keeps, itemId: string, error: unknown): Promise<void> {
  const why = error instanceof AppError ? error.message : 'The log of the worker has the reason.';
  ctx.log.warn({ itemId, reason: messageOf(error) }, 'what a unit changed is not kept');
  await ctx.db.query(endSet, {
    itemId,
    state: 'not kept',
    summary: null,
    sentence: why,
    comparedAt: new Date(ctx.clock.now()),
  });
}
