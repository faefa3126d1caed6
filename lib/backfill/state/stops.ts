import type { CancelPoint } from './command-model';
import { after, type ItemState } from './machine';
import { isWorking, type LabelsAre, labelsAre, type StepName, states, type WorkStatus } from './states';
import { labelsIn } from './strategies';

/** A day that is worked on: `begun` are its steps whose Job was launched, by any attempt. */
export type OngoingDay = { state: ItemState; begun: readonly StepName[] };

const isBegun = (status: WorkStatus, begun: readonly StepName[]) => begun.includes(states[status].step);

/** True before a step that deletes, until its Job is launched: where a run is held, and stops with nothing deleted. */
export const isBeforeDelete = ({ state, begun }: OngoingDay): boolean =>
  isWorking(state.status) && states[state.status].job === 'deletes' && !isBegun(state.status, begun);

/** What is left of the labels if the day stops in `status`, before the Job of its step is launched again. */
const labelsHere = (status: WorkStatus, { state, begun }: OngoingDay): LabelsAre =>
  labelsIn(state, status, isBegun(status, begun) ? 'stopped' : 'beforeJob');

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
