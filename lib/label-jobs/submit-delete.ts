import { ClickHouseError } from '@clickhouse/client';
import { failureOf, neverRan } from '@/lib/clickhouse/failure';
import type { CustomerTables } from '@/lib/customers/model';
import { scopeParams } from '@/lib/customers/sql/scope';
import { AppError, messageOf } from '@/lib/errors';
import type { JobOrder } from '@/lib/label-store/model';
import { mutationProgress } from '@/lib/label-store/mutation-progress';
import { poll } from '@/lib/poll';
import { tlsFailure } from '@/lib/tls-failure';
import { type JobContext, JobEnd, type JobRun } from './job-end';
import { deleteBackedUp } from './sql/change';

/** How long after an unclear answer the mutation may still appear. */
const appearWithinMs = 10_000;

/** The statement may have been submitted or not: docs/clickhouse-facts.md#unclear-answers. */
const unclearCodes = new Set(['159', '341']);

/**
 * Submits the delete of the scope's rows that `backupIds` hold, once, as one mutation that carries `tag`; returns when
 * the mutation is seen, or when the server said yes. After anything but a clear answer it looks for the tag, and never
 * submits again. Throws JobEnd: 'engineUnavailable' when nothing reached the server, 'failed' when it refused,
 * 'unclear' when nobody can tell.
 */
export async function submitDelete(
  { ctx, say }: JobRun,
  of: { order: JobOrder; tables: CustomerTables; tag: string; backupIds: string[] },
): Promise<void> {
  const { order, tables, tag, backupIds } = of;
  const { labelsLocal, cluster, scope } = order;
  say(`Submitting the delete as a mutation of ${labelsLocal.table}, tagged ${tag}.`);
  try {
    await ctx.clickhouse.command(deleteBackedUp, {
      params: { ...scopeParams(scope), backups: backupIds, tag },
      identifiers: { labelsLocal, cluster, columns: tables.labels.columns },
      settings: { mutations_sync: 0, distributed_ddl_task_timeout: 60, allow_nondeterministic_mutations: 1 },
      timeoutSeconds: 120,
    });
  } catch (error) {
    const outcome = outcomeOf(error);
    if (outcome === 'engineUnavailable')
      throw new JobEnd(
        outcome,
        `${tlsFailure(rootOf(error), 'ClickHouse') ?? 'ClickHouse does not answer.'} Nothing was submitted.`,
        { cause: error },
      );
    say(
      `ClickHouse ${outcome === 'failed' ? 'refused' : 'gave no clear answer'}. Looking for the mutation by its tag.`,
    );
    if (await appears(ctx, tables, tag, outcome === 'unclear' ? appearWithinMs : 0))
      return say('The mutation is there.');
    const sentence =
      outcome === 'failed'
        ? `ClickHouse refused the delete: ${messageOf(rootOf(error)).slice(0, 300)}`
        : 'ClickHouse gave no clear answer, and no mutation carries the tag. It is not submitted again by this Job.';
    throw new JobEnd(outcome, sentence, { cause: error });
  }
  say('Submitted. ClickHouse goes on by itself, and the worker waits for it.');
}

const rootOf = (error: unknown): unknown => (error instanceof AppError ? (error.cause ?? error) : error);

/** What is known after a submission threw. */
export function outcomeOf(error: unknown): 'engineUnavailable' | 'failed' | 'unclear' {
  const root = rootOf(error);
  if (root instanceof ClickHouseError && unclearCodes.has(root.code)) return 'unclear';
  if (tlsFailure(root, 'ClickHouse')) return 'engineUnavailable';
  const failure = failureOf(error);
  if (failure === 'refused' || failure === 'denied' || failure === 'limit') return 'failed';
  return neverRan(error) ? 'engineUnavailable' : 'unclear';
}

async function appears(ctx: JobContext, tables: CustomerTables, tag: string, withinMs: number): Promise<boolean> {
  const seen = await poll({ withinMs }, async () => {
    const found = await mutationProgress(ctx, { tables, tag }).catch((error) => {
      if (error instanceof AppError) return [];
      throw error;
    });
    return found.length > 0 ? true : null;
  });
  return seen !== null;
}
