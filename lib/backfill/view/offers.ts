import { unitInProse } from '@/lib/customers/unit-words-model';
import type { Pause } from '@/lib/holds/model';
import { agree, count, formatNumber } from '@/lib/words';
import { type Control, isCancel } from '../state/choice-model';
import { type ControlledRun, controlsOf, remedyOf } from '../state/controls';
import type { WaitingUnit } from '../state/machine';
import type { ControlOffer, Missing } from '../state/model';
import { isWorking, stepTitles } from '../state/name-model';
import { type LabelsAre, labelsAre, states } from '../state/states';
import { isBeforeDelete, type OngoingDay, stopAfterStep, waitsWhere } from '../state/stops';
import { strategies } from '../state/strategies';
import { pathOf } from '../state/ways';

/** A day of a run as the offers read it. */
export type OfferedDay = OngoingDay & { day: string; missing: Missing | null };
/**
 * What a person may do with the run now, in words. The page, the command line and the sentence of what happens next all
 * read it here. The right control of a stopped run comes first, and so does the safe way to cancel.
 */
export function offersOf(run: ControlledRun, days: readonly OfferedDay[]): ControlOffer[] {
  const at = days.find(({ state }) => isWorking(state.status));
  const possible = controlsOf(
    run,
    days.map(({ state }) => state),
    at?.begun,
  );
  const waiting = days.flatMap((one) =>
    one.state.status === 'needs attention' ? [{ ...one, state: one.state }] : [],
  )[0];
  if (waiting) return offersWhileWaiting(waiting, possible);
  return possible.map((control, place) => {
    const words = wordsOf(control, days, { at, run });
    const look = control === 'cancel after delete' ? 'danger' : place === 0 ? 'primary' : 'secondary';
    return { control, look, ...words };
  });
}

function wordsOf(
  control: Control,
  days: readonly OfferedDay[],
  { at, run }: { at: OfferedDay | undefined; run: ControlledRun },
) {
  const planned = days.filter(({ state }) => state.status === 'planned').length;
  if (control === 'pause') return { seen: 'pause', verb: 'Pause', effect: pauseEffect(at) };
  if (control === 'resume' && run.pause)
    return { seen: `paused by ${run.pause.cause}`, verb: 'Resume', effect: resumeEffect(run.pause) };
  if (!isCancel(control))
    return { seen: 'cancel', verb: 'Do not cancel after all', effect: 'The run continues to its last unit.' };
  if (!at) {
    const verified = days.filter(({ state }) => state.status === 'verified').length;
    const done =
      verified > 0 ? ` ${count(verified, 'verified unit')} ${agree(verified, 'stays', 'stay')} repaired.` : '';
    return {
      seen: `${verified} done`,
      verb: 'Cancel the run',
      effect: `Nothing is being worked on.${done} Nothing else is changed.`,
    };
  }
  const day = unitInProse(at.day);
  const rest = planned > 0 ? ` ${count(planned, 'later unit')} ${agree(planned, 'is', 'are')} not begun.` : '';
  if (control === 'cancel after day')
    return {
      seen: at.day,
      verb: `Finish ${day}, then stop`,
      effect: `${day} is repaired and counted to its end.${rest}`,
    };
  if (control === 'cancel after delete')
    return {
      seen: at.day,
      verb: 'Stop before the labels are written again',
      effect: `${day} will have no labels until somebody resumes.${rest}`,
    };
  const left = stopAfterStep(at);
  return { seen: `${at.day} ${left}`, verb: stepVerb(at), effect: `${leftOf(day, left, at)}${rest}` };
}

function pauseEffect(at: OfferedDay | undefined): string {
  const stays = 'It keeps its range, and goes on when somebody resumes it.';
  if (!at) return `No unit begins. ${stays}`;
  const day = unitInProse(at.day);
  const where = {
    untouched: `${day} waits, and its labels stay as they are.`,
    'before its delete': `${day} waits before its delete: the right labels are written, and wrong ones stay beside them.`,
    'after it': `${day} is repaired to its end first, so that its labels are complete.`,
  };
  return `${where[waitsWhere(at)]} ${stays}`;
}

const resumeEffect = ({ cause }: Pause): string =>
  cause === 'hold'
    ? 'Looks at the numbers again, and goes on if they are within the limits.'
    : 'The run goes on with its next unit, with new pre-checks.';

/** "Stop before Delete" where the run waits for the delete or is about to begin it; otherwise "Stop after Back up". */
function stepVerb(at: OfferedDay): string {
  if (!isWorking(at.state.status)) return 'Stop';
  return `Stop ${isBeforeDelete(at) ? 'before' : 'after'} “${stepTitles[states[at.state.status].step]}”`;
}

function leftOf(day: string, left: LabelsAre | null, { state }: OfferedDay): string {
  if (left === 'in place') return `Nothing of ${day} is deleted or written: its labels stay as they are. The run ends.`;
  return strategies[state.strategy].leftWritten(day);
}

type Waiting = OfferedDay & { state: WaitingUnit };

function offersWhileWaiting(waiting: Waiting, possible: Control[]): ControlOffer[] {
  const { day, state } = waiting;
  const remedy = possible.includes(remedyOf(state)) ? remedyOf(state) : possible[0];
  const seen = `${day} ${state.failedIn} ${state.attempt}`;
  const ordered = possible.toSorted((a, b) => Number(b === remedy) - Number(a === remedy));
  return ordered.map((control) => ({
    control,
    seen,
    ...waitingWords(control, waiting),
    look: control === remedy ? ('primary' as const) : ('secondary' as const),
  }));
}

/** Controls with the same words are one button. */
export const withoutTwins = (offers: ControlOffer[]): ControlOffer[] =>
  offers.filter((offer, place) => offers.findIndex((one) => one.verb === offer.verb) === place);

function waitingWords(control: Control, { day, state, missing }: Waiting): { verb: string; effect: string } {
  const on = unitInProse(day);
  const gone = state.labels === 'gone' || missing?.left === 0;
  const write = { verb: `Write the labels of ${on} now`, effect: `Writes the labels of ${on} again and counts them.` };
  const step = stepTitles[states[state.failedIn].step];
  switch (control) {
    case 'relabel only':
      return write;
    case 'close':
      return { verb: 'Close the run', effect: `Ends the run with ${on} as it is; a new plan may cover these days.` };
    case 'resume':
      if (gone && pathOf(state).includes('relabelling')) return write;
      if (state.failedIn === 'verifying')
        return { verb: `Count ${on} again`, effect: `Counts the labels of ${on} again.` };
      if (state.asked)
        return { verb: `Go on with ${on}`, effect: `Continues with “${step}” where the run was stopped.` };
      return { verb: `Look again`, effect: `Checks how “${step}” of ${on} ended, and continues from there.` };
    default:
      if (state.strategy === 'undo' && labelsAre[state.labels].isMissing && pathOf(state).includes('deleting'))
        return {
          verb: `Bring the backup of ${on} back again`,
          effect: 'Deletes what is there of the labels, then inserts the rows of the backup, by new Jobs.',
        };
      if (state.labels === 'half deleted')
        return {
          verb: `Delete what is left of ${on}`,
          effect: `Deletes the rows that are left, then writes the labels of ${on} again.`,
        };
      return { verb: `Try “${step}” again`, effect: `A new attempt of “${step}” of ${on}, with a new Job.` };
  }
}

/** What is wrong with a day that stopped, or whose labels are missing, in one sentence; null where nothing is wrong. */
export function situationOf({ day, state, missing }: Pick<OfferedDay, 'day' | 'state' | 'missing'>): string | null {
  const on = unitInProse(day);
  if (missing) {
    const deleted = agree(missing.deleted, 'is', 'are');
    return `${count(missing.deleted, 'label row')} of ${on} ${deleted} deleted; people see ${formatNumber(missing.left)}.`;
  }
  if (state.status !== 'needs attention') return null;
  return (strategies[state.strategy].now[state.labels] ?? labelsAre[state.labels].now)(on);
}
