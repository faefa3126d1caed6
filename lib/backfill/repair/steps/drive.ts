import type { Context } from '@/lib/context';
import { keptTables, tablesNow } from '@/lib/customers/kept-tables';
import type { CustomerTables } from '@/lib/customers/model';
import { countLabelRows } from '@/lib/label-store/count-label-rows';
import {
  backupIdOf,
  type Digest,
  isUnfinished,
  type JobOrder,
  listIdOf,
  type MutationProgress,
  tagText,
  unitTagText,
} from '@/lib/label-store/model';
import { mutationProgress } from '@/lib/label-store/mutation-progress';
import { countListedRows } from '@/lib/label-store/wrong-rows';
import { poll } from '@/lib/poll';
import { count } from '@/lib/words';
import type { JobOf } from '../../plan/job-specs';
import { plannedAddress } from '../../plan/job-template';
import type { WorkRow } from '../../state/sql/items';
import type { StepResult } from '../advance';

/** What a step works with: the unit as it was read, and the signal that hands it over. */
export type Drive = { ctx: Context; row: WorkRow; signal: AbortSignal };
export type Step = (drive: Drive) => Promise<StepResult>;

export const tablesOf = ({ ctx, row }: Drive): Promise<CustomerTables> => keptTables(ctx, row.scope);

/** For a step that decides what is deleted. */
export const freshTablesOf = ({ ctx, row }: Drive): Promise<CustomerTables> => tablesNow(ctx, row.scope);

export const jobOf = ({ row }: Drive): JobOf => ({
  runId: row.runId,
  itemId: row.itemId,
  unit: row.unit,
  attempt: row.state.attempt,
});

export const plannedDigest = ({ plan }: WorkRow): Digest => ({ rows: plan.labelRows, hash: plan.labelHash });

/** The order of a backup or delete Job. The backup is the proven one; while it is made, this attempt's. */
export function orderOf({ row }: Drive, tables: CustomerTables, expect: Digest): JobOrder {
  const tag = { runId: row.runId, unit: row.unit, attempt: row.state.attempt };
  return {
    scope: row.scope,
    labels: tables.labels.distributed,
    labelsLocal: tables.labels.local,
    cluster: tables.cluster,
    address: plannedAddress(row.jobParts),
    tag: tagText(tag),
    backupId: backupIdOf({ ...tag, attempt: row.state.backupAttempt ?? row.state.attempt }),
    expect,
    expectBackup: plannedDigest(row),
  };
}

/** Our mutations of this day, of any attempt and list, on every replica. */
export const mutationsOf = ({ ctx, row }: Drive, tables: CustomerTables): Promise<MutationProgress[]> =>
  mutationProgress(ctx, { tables, tag: unitTagText(row), under: true });

/**
 * Our mutations that may still delete rows of the day, and those that this attempt submitted. A finished mutation of an
 * earlier attempt cannot account for rows that are still present.
 */
export const mutationsNow = async (drive: Drive, tables: CustomerTables): Promise<MutationProgress[]> =>
  (await mutationsOf(drive, tables)).filter((one) => isUnfinished(one) || one.attempt === drive.row.state.attempt);

/**
 * Waits until no delete of this day runs any more, since two must never run at once. A sentence where one outlasts the
 * deadline.
 */
export async function untilDeletesEnd(drive: Drive, tables: CustomerTables): Promise<string | null> {
  const { ctx, signal } = drive;
  let running: MutationProgress[] = [];
  const haveEnded = await poll({ withinMs: ctx.config.jobs.deadlineSeconds * 1_000, signal }, async () => {
    running = (await mutationsOf(drive, tables)).filter(isUnfinished);
    return running.length === 0 ? true : null;
  });
  return haveEnded
    ? null
    : `A delete of this unit is still running on ${count(running.length, 'replica')}. Resume to wait on.`;
}

/** The list of wrong rows that this day may delete; null where a day is deleted as a whole. */
export function listOf({ state, runId, unit }: WorkRow): { listId: string; digest: Digest } | null {
  const list = state.wrongRows;
  return list
    ? { listId: listIdOf({ runId, unit, attempt: list.attempt }), digest: { rows: list.rows, hash: list.hash } }
    : null;
}

/** Rows that the day's delete is to remove and that are still there, on any replica. */
export function rowsLeft({ ctx, row }: Drive, tables: CustomerTables): Promise<number> {
  const list = listOf(row);
  const of = { scope: row.scope, tables };
  return list ? countListedRows(ctx, { ...of, listId: list.listId }) : countLabelRows(ctx, of);
}
