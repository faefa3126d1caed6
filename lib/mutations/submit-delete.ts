import { ClickHouseError } from '@clickhouse/client';
import { delay } from '@/lib/clock';
import type { CustomerTables } from '@/lib/customers/model';
import { AppError, messageOf } from '@/lib/errors';
import { type JobContext, JobEnd, type JobRun } from './job-end';
import type { JobOrder } from './model';
import { mutationProgress } from './mutation-progress';
import { deleteScope } from './sql/change';
import { scopeParams } from './sql/scope';

/** How long after an unclear answer the mutation may still appear. */
const appearWithinMs = 10_000;
const lookEveryMs = 250;

/** Distributed DDL or replication did not say whether it happened (FACTS 15). */
const unclearCodes = new Set(['159', '341', '209', '210', '225', '236', '242', '319', '999']);

/**
 * Submits the tagged delete once and returns when the mutation is seen, or when the server said yes. After anything
 * but a clear answer it looks for the tag, and never submits again. Throws JobEnd: 'engineUnavailable' when nothing
 * reached the server, 'failed' when it refused, 'unclear' when nobody can tell.
 */
export async function submitDelete(
  { ctx, say }: JobRun,
  { order, tables }: { order: JobOrder; tables: CustomerTables },
): Promise<void> {
  const { labelsLocal, cluster, scope, tag } = order;
  say(`Submitting the delete as a mutation of ${labelsLocal.table}, tagged ${tag}.`);
  await submitTagged({ ctx, say }, tables, tag, () =>
    ctx.clickhouse.command(deleteScope, {
      params: { ...scopeParams(scope), tag },
      names: { labelsLocal, cluster },
      settings: { mutations_sync: 0, distributed_ddl_task_timeout: 60 },
      timeoutSeconds: 120,
    }),
  );
}

/** Submits a mutation that carries `tag`, once; after anything but a clear answer it looks for the tag. */
export async function submitTagged(
  { ctx, say }: Pick<JobRun, 'ctx' | 'say'>,
  tables: CustomerTables,
  tag: string,
  submit: () => Promise<unknown>,
): Promise<void> {
  try {
    await submit();
  } catch (error) {
    const outcome = outcomeOf(error);
    if (outcome === 'engineUnavailable')
      throw new JobEnd(outcome, 'ClickHouse does not answer. Nothing was submitted.', { cause: error });
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
}

const rootOf = (error: unknown): unknown => (error instanceof AppError ? (error.cause ?? error) : error);

/** What is known after a submission threw. */
export function outcomeOf(error: unknown): 'engineUnavailable' | 'failed' | 'unclear' {
  const root = rootOf(error);
  if (root instanceof ClickHouseError) return unclearCodes.has(root.code) ? 'unclear' : 'failed';
  const code = (root as NodeJS.ErrnoException).code ?? '';
  return code === 'ECONNREFUSED' || code === 'ENOTFOUND' ? 'engineUnavailable' : 'unclear';
}

async function appears(ctx: JobContext, tables: CustomerTables, tag: string, withinMs: number): Promise<boolean> {
  const until = ctx.clock.now() + withinMs;
  for (;;) {
    const found = await mutationProgress(ctx, { tables, tag }).catch((error) => {
      if (error instanceof AppError) return [];
      throw error;
    });
    if (found.length > 0) return true;
    if (ctx.clock.now() >= until) return false;
    await delay(lookEveryMs);
  }
}
