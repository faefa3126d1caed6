import type { Context } from '@/lib/context';
import type { CustomerTables, Scope } from '@/lib/customers/model';
import { countLabelRows } from '@/lib/label-store/count-label-rows';
import { isUnfinished, type MutationProgress, unitTagText } from '@/lib/label-store/model';
import { mutationProgress } from '@/lib/label-store/mutation-progress';
import type { ItemState } from '../state/machine';
import type { Missing } from '../state/model';
import type { WorkStatus } from '../state/name-model';
import { leavesGap } from '../state/ways';

type Deleted = { runId: string; unit: string; scope: Scope; rows: number };

/** The state of a day whose delete may have removed rows that nobody has counted as gone yet; null for any other. */
export function mayHaveDeleted(state: ItemState): WorkStatus | null {
  const status = state.status === 'needs attention' ? state.failedIn : state.status;
  const inDelete = status === 'deleting' || status === 'waiting for mutation';
  return inDelete && leavesGap(state) ? status : null;
}

/**
 * The first instant at which rows may be gone: when the delete was submitted, since the engine does not say when a
 * mutation ended. Null where it does not list ours any more.
 */
export const deletedSince = (progress: readonly Pick<MutationProgress, 'createdAtMs'>[]): number | null =>
  progress.length === 0 ? null : Math.min(...progress.map((one) => one.createdAtMs));

/** Counts what a delete left of a day that no worker drives; null while the delete runs, or where it removed nothing. */
export async function lookAtDelete(
  ctx: Pick<Context, 'clickhouse'>,
  { tables, ...of }: Deleted & { tables: CustomerTables },
  progress?: MutationProgress[],
): Promise<Missing | null> {
  const ours = progress ?? (await mutationProgress(ctx, { tables, tag: unitTagText(of), under: true }));
  const sinceMs = deletedSince(ours);
  if (sinceMs === null || ours.some(isUnfinished)) return null;
  const left = await countLabelRows(ctx, { scope: of.scope, tables });
  return left < of.rows ? { deleted: of.rows - left, left, sinceMs } : null;
}
