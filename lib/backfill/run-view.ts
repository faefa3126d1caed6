import type { ItemState } from './machine';
import { type StepName, type StepView, strategySteps } from './model';
import { flowOf, isWorking, stepOf } from './paths';
import type { RunViewRow } from './sql/view';

type StepRow = RunViewRow['steps'][number];

/** A day's steps in order: the newest attempt of each, and nothing of a step that is still to come again. */
export function stepViews(state: ItemState, rows: readonly StepRow[]): StepView[] {
  const at = isWorking(state.status)
    ? stepOf[state.status]
    : state.status === 'needs attention'
      ? stepOf[state.failedIn]
      : null;
  const steps = strategySteps[flowOf(state)];
  const present = at === null ? steps.length : steps.indexOf(at);
  return steps.map((step, position) => {
    const row = rows.findLast((one) => one.step === step);
    const status = statusOf(state, row, position - present);
    const shown = status === 'waiting' ? undefined : row;
    return {
      step,
      status,
      sentence: shown?.sentence || sentenceFor(step, status),
      jobName: shown?.job_name ?? null,
      startedAtMs: shown?.started_at ?? null,
      endedAtMs: shown?.ended_at ?? null,
      numbers: shown?.numbers ?? {},
      hasLog: shown !== undefined && (shown.has_log || (shown.job_name !== null && shown.status === 'running')),
    };
  });
}

/** `ahead` > 0: the step comes after the present one. */
function statusOf(state: ItemState, row: StepRow | undefined, ahead: number): StepView['status'] {
  if (row?.status === 'skipped') return 'skipped';
  if (ahead > 0) return 'waiting';
  if (ahead === 0) return state.status === 'needs attention' ? 'failed' : 'running';
  if (row) return row.status === 'running' ? 'done' : row.status;
  if (state.status === 'skipped' || state.status === 'cancelled') return 'skipped';
  return state.status === 'planned' ? 'waiting' : 'skipped';
}

const doing: Record<StepName, string> = {
  check: 'Looking at the pre-checks again.',
  snapshot: 'Storing Active Days.',
  backup: 'Copying the label rows.',
  delete: 'Submitting the delete.',
  mutation: 'Waiting for every replica.',
  relabel: 'Writing the labels again.',
  prove: 'Looking for the right row beside each wrong one.',
  restore: 'Deleting what is there and bringing the backup back.',
  verify: 'Counting.',
};

const sentenceFor = (step: StepName, status: StepView['status']): string => (status === 'running' ? doing[step] : '');

/** How long the day has been, or was, without labels; 0 where none were missing. Null while nothing is known of it. */
export function gapOf(
  item: Pick<RunViewRow['items'][number], 'gap_from_at' | 'gap_to_at' | 'gap_ms'>,
  nowMs: number,
): number | null {
  if (item.gap_ms !== null) return item.gap_ms;
  if (item.gap_from_at === null) return null;
  return Math.max(0, (item.gap_to_at ?? nowMs) - item.gap_from_at);
}
