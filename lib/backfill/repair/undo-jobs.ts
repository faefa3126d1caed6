import { selectWork, type WorkRow } from '../state/sql/items';
import { attemptsOf, seeJobsEnd } from './run-job';
import type { Drive } from './steps/drive';

/** The names that the Jobs of an undo had when one Job deleted and restored; such a Job outlives an upgrade. */
const formerUndoNames = (row: WorkRow) =>
  attemptsOf(row, 'restore', row.state.attempt).map((name) => name.replace(/^restore-/, 'undo-'));

/** Before an undo deletes, or its labels are written from the truth: no Job inserts rows of the backup any more. */
export async function seeRestoresEnd(drive: Drive): Promise<void> {
  const { row } = drive;
  if (!row.plan.undo) return;
  await seeJobsEnd(drive, [...attemptsOf(row, 'restore', row.state.attempt), ...formerUndoNames(row)]);
}

/**
 * Before rows of a backup come back: no Job of this run or of the undone one, frozen between its proof and its submission
 * perhaps, deletes or writes labels of the day any more.
 */
export async function seeDeletesEnd(drive: Drive): Promise<void> {
  const { row } = drive;
  const { undo } = row.plan;
  const [undone] = undo ? await drive.ctx.db.query(selectWork, { itemId: undo.itemId }) : [];
  if (undo && !undone) throw new Error('the unit that is undone is gone');
  const last = undone?.state.attempt ?? 0;
  await seeJobsEnd(drive, [
    ...attemptsOf(row, 'delete', row.state.attempt),
    ...(undone ? [...attemptsOf(undone, 'delete', last), ...attemptsOf(undone, 'relabel', last)] : []),
    ...formerUndoNames(row),
  ]);
}
