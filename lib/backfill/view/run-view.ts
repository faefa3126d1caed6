import type { ItemState } from '../state/machine';
import type { Missing, StepView } from '../state/model';
import { isWorking } from '../state/name-model';
import { states, stepsWith } from '../state/states';
import { stepsOf } from '../state/ways';
import type { UnitRow, UnitViewRow } from './sql/view';

type StepRow = UnitViewRow['steps'][number];

/**
 * A day's steps in order, each with its newest attempt. A step that will run again shows nothing of its earlier
 * attempt.
 */
export function stepViews(state: ItemState, rows: readonly StepRow[], stayedBy: string | null = null): StepView[] {
  const at = isWorking(state.status)
    ? states[state.status].step
    : state.status === 'needs attention'
      ? states[state.failedIn].step
      : null;
  const steps = stepsOf(state.strategy);
  const present = at === null ? steps.length : steps.indexOf(at);
  return steps.map((step, position) => {
    const row = rows.findLast((one) => one.step === step);
    const stayed =
      stayedBy !== null && position === present && row?.attempt !== state.attempt && deletingSteps.includes(step);
    const status = stayed ? 'waiting' : statusOf(state, row, position - present);
    const shown = status === 'waiting' ? undefined : row;
    return {
      step,
      status,
      sentence: stayed
        ? `${stayedBy} looks at how to cancel; nothing is deleted meanwhile.`
        : sentenceOf(state, status, shown),
      jobName: shown?.job_name ?? null,
      startedAtMs: shown?.started_at ?? null,
      endedAtMs: shown?.ended_at ?? null,
      numbers: shown?.numbers ?? {},
      hasLog: shown !== undefined && (shown.has_log || (shown.job_name !== null && shown.status === 'running')),
    };
  });
}

/** `ahead` is above 0 for a step that comes after the present one. */
function statusOf(state: ItemState, row: StepRow | undefined, ahead: number): StepView['status'] {
  if (row?.status === 'skipped') return 'skipped';
  if (ahead > 0) return 'waiting';
  if (ahead === 0) return state.status !== 'needs attention' ? 'running' : state.asked ? 'stopped' : 'failed';
  if (row) return row.status === 'running' ? 'done' : row.status;
  if (state.status === 'skipped' || state.status === 'cancelled') return 'skipped';
  return state.status === 'planned' ? 'waiting' : 'skipped';
}

const deletingSteps = stepsWith('deletes');

/** The sentence of a step. A day that waits for a person says why at the step where it stopped. */
function sentenceOf(state: ItemState, status: StepView['status'], row: StepRow | undefined): string {
  if ((status === 'failed' || status === 'stopped') && state.status === 'needs attention') return state.sentence;
  return row?.sentence || (status === 'running' && isWorking(state.status) ? states[state.status].doing : '');
}

type Gap = Pick<UnitRow, 'gap_from_at' | 'gap_to_at' | 'gap_ms'>;

/** How long the day has been, or was, without labels; 0 where none were missing, null while that is not known. */
export function gapOf(item: Gap, nowMs: number): number | null {
  if (item.gap_ms !== null) return item.gap_ms;
  if (item.gap_from_at === null) return null;
  return Math.max(0, (item.gap_to_at ?? nowMs) - item.gap_from_at);
}

/** The label rows that a day lost and did not get back, as they were last counted. */
export function missingOf({
  state,
  label_rows,
  evidence,
  ...gap
}: Pick<UnitRow, 'state' | 'label_rows' | 'evidence'> & Gap): Missing | null {
  if (gap.gap_from_at === null || gap.gap_to_at !== null || gap.gap_ms !== null) return null;
  if (state.status === 'verifying') return null;
  const counted = state.status === 'needs attention' && state.failedIn === 'verifying';
  const left = (counted ? evidence.labelRows : evidence.rowsLeft) ?? 0;
  return { deleted: evidence.deletedRows ?? label_rows, left, sinceMs: gap.gap_from_at };
}
