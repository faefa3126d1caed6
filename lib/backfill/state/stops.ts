import type { CancelPoint } from './choice-model';
import { after, type ItemState } from './machine';
import type { StepName } from './name-model';
import { isWorking, type WorkStatus } from './name-model';
import { type LabelsAre, labelsAre, states } from './states';
import { labelsIn, pathOf } from './ways';

/** A day that is worked on: `begun` are its steps whose Job was launched, by any attempt. */
export type OngoingDay = { state: ItemState; begun: readonly StepName[] };

/** A delete of the rest follows one that took some of the rows. */
const isBegun = (status: WorkStatus, { state, begun }: OngoingDay) =>
  begun.includes(states[status].step) || (states[status].job === 'deletes' && state.deletingRest);

/** True before a step that deletes, until its Job is launched: where a run is stayed, and stops with nothing deleted. */
export const isBeforeDelete = (at: OngoingDay): boolean => {
  const { status } = at.state;
  return isWorking(status) && states[status].job === 'deletes' && !isBegun(status, at);
};

/**
 * True where a unit may wait while its run is paused: before it begins, while nothing of its labels was changed, and
 * before the Job of its delete is launched. Between a delete and what writes the labels it never waits.
 */
export function mayPark(at: OngoingDay): boolean {
  const { status } = at.state;
  if (!isWorking(status)) return status === 'planned';
  if (status === 'proving') return !at.begun.includes('delete');
  return isBeforeDelete(at) || labelsHere(status, at) === 'in place';
}

/**
 * Where a paused run waits with this unit: at once, its labels as they are; before the delete of its wrong rows, with the
 * right ones beside them; or after it, since its labels are complete only then.
 */
export function waitsWhere(at: OngoingDay): 'untouched' | 'before its delete' | 'after it' {
  const { status } = at.state;
  const path = pathOf(at.state);
  if (mayPark(at) && (!isWorking(status) || labelsHere(status, at) === 'in place')) return 'untouched';
  const ahead = isWorking(status) && path.indexOf(status) <= path.indexOf('deleting');
  return path.includes('proving') && ahead && !at.begun.includes('delete') ? 'before its delete' : 'after it';
}

/** True before a unit begins and before its delete: where a hold keeps it from adding to the load. */
export const mayBeHeldBack = (at: OngoingDay): boolean =>
  at.state.status === 'planned' || at.state.status === 'proving' || isBeforeDelete(at);

/** What is left of the labels if the day stops in `status`, before the Job of its step is launched again. */
const labelsHere = (status: WorkStatus, at: OngoingDay): LabelsAre =>
  labelsIn(at.state, status, isBegun(status, at) ? 'stopped' : 'beforeJob');

/**
 * What is left of the labels where the worker stops the day right now, null where it goes on: nothing stops between
 * delete and relabel unless that was asked for.
 */
export function stopHere(at: OngoingDay, point: CancelPoint | null): LabelsAre | null {
  const { status } = at.state;
  if (point === null || point === 'day') return null;
  if (!isWorking(status)) return point === 'step' ? 'in place' : null;
  const left = labelsHere(status, at);
  if (point === 'delete') return status === 'deleted, not relabelled' ? left : null;
  return labelsAre[left].isMissing ? null : left;
}

/** What "cancel after step" would leave of the labels, null where the day's present step has no such end. */
export function stopAfterStep(at: OngoingDay): LabelsAre | null {
  const { status } = at.state;
  if (!isWorking(status)) return null;
  if (isBeforeDelete(at)) return labelsHere(status, at);
  const following = after(at.state, status);
  if (following === 'verified') return null;
  const left = labelsHere(following, at);
  return labelsAre[left].isMissing ? null : left;
}
