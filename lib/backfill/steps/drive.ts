import type { CustomerTables } from '@/lib/customers/model';
import { readTables } from '@/lib/customers/read-tables';
import { backupIdOf, type Digest, type JobOrder, type MutationProgress, mutationTag } from '@/lib/mutations/model';
import { mutationProgress } from '@/lib/mutations/mutation-progress';
import type { Context } from '@/lib/server/context';
import type { StepResult } from '../advance';
import type { JobOf } from '../job-specs';
import type { WorkRow } from '../sql/items';

/** What a step works with: the day as it was read, and the signal that hands it over. */
export type Drive = { ctx: Context; row: WorkRow; signal: AbortSignal };
export type Step = (drive: Drive) => Promise<StepResult>;

export const tablesOf = ({ ctx, row }: Drive): Promise<CustomerTables> => readTables(ctx, row.scope);

export const jobOf = ({ row }: Drive): JobOf => ({
  runId: row.runId,
  itemId: row.itemId,
  day: row.day,
  attempt: row.state.attempt,
});

export const plannedDigest = ({ plan }: WorkRow): Digest => ({ rows: plan.labelRows, hash: plan.labelHash });

/** The order of a backup or delete Job. The backup is the proven one; while it is made, this attempt's. */
export function orderOf({ row }: Drive, tables: CustomerTables, expect: Digest): JobOrder {
  const owner = { runId: row.runId, day: row.day, attempt: row.state.attempt };
  return {
    scope: row.scope,
    labels: tables.labels.distributed,
    labelsLocal: tables.labels.local,
    cluster: tables.cluster,
    tag: mutationTag(owner),
    backupId: backupIdOf({ ...owner, attempt: row.state.backup ?? row.state.attempt }),
    expect,
    expectBackup: plannedDigest(row),
  };
}

/** Our mutations of this day, of this attempt and the ones before it, on every replica. */
export async function mutationsOf({ ctx, row }: Drive, tables: CustomerTables): Promise<MutationProgress[]> {
  const attempts = Array.from({ length: row.state.attempt }, (_, at) => at + 1);
  const found = await Promise.all(
    attempts.map((attempt) =>
      mutationProgress(ctx, { tables, tag: mutationTag({ runId: row.runId, day: row.day, attempt }) }),
    ),
  );
  return found.flat();
}
