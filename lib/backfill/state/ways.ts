import type { StepName, Strategy, WorkStatus } from './name-model';
import { type LabelsAre, states } from './states';
import { strategies } from './strategies';

/** What decides how a day goes: its strategy, and whether it has label rows to back up, prove or delete. */
export type Way = { strategy: Strategy; hasRows: boolean };

/** The states of a strategy, in order. */
const statesOf = (strategy: Strategy) => Object.keys(strategies[strategy].path) as WorkStatus[];

/** What a day goes through, in order; one without label rows has nothing to back up, prove or delete. */
export const pathOf = ({ strategy, hasRows }: Way): WorkStatus[] =>
  statesOf(strategy).filter((status) => hasRows || !states[status].onlyWithRows);

/** The steps of a strategy, in order. */
export const stepsOf = (strategy: Strategy): StepName[] => [
  ...new Set(statesOf(strategy).map((status) => states[status].step)),
];

/** True where a strategy writes the labels of a day from the truth. */
export const isRelabelling = (strategy: Strategy): boolean => statesOf(strategy).includes('relabelling');

/** True where labels of the day are missing between its delete and what writes them. */
export const leavesGap = ({ strategy, hasRows }: Way): boolean => hasRows && strategies[strategy].leavesGap;

/** What is left of the labels of a day in a state; see `states`. */
export function labelsIn(way: Way, status: WorkStatus, when: 'beforeJob' | 'failed' | 'stopped'): LabelsAre {
  const labels: LabelsAre | { gap: LabelsAre; noGap: LabelsAre } = states[status].labels[when];
  if (typeof labels === 'string') return labels;
  return leavesGap(way) ? labels.gap : labels.noGap;
}
