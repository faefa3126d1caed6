import { unitInProse } from '@/lib/customers/unit-words-model';
import type { Pause } from '@/lib/holds/model';
import type { CancelPoint } from '../state/choice-model';
import type { ControlledRun } from '../state/controls';
import { isWorking } from '../state/name-model';
import { isBeforeDelete, mayPark, waitsWhere } from '../state/stops';
import { strategies } from '../state/strategies';
import { type OfferedDay, offersOf, situationOf } from './offers';

/** What happens next. Of a run that stopped: what is wrong, and the one thing to do. */
export function nextSentence(
  run: ControlledRun & { undone?: boolean },
  items: readonly OfferedDay[],
  workers: number,
): string {
  if (run.undone) return 'Undone since. A new plan can repair these days again.';
  if (run.status === 'verified') {
    const undo = items.some(({ state }) => state.strategy === 'undo');
    return `Done. Every unit was checked after the ${undo ? 'undo' : 'repair'}.`;
  }
  if (run.status === 'cancelled') return 'The run was cancelled. Days that were verified stay repaired.';
  if (run.status === 'closed') return 'The run was closed.';
  const waiting = items.find((item) => item.state.status === 'needs attention');
  if (waiting) {
    const [first] = offersOf(run, items);
    return [situationOf(waiting), first && `Next step: “${first.verb}”.`].filter(Boolean).join(' ');
  }
  const at = items.find((item) => isWorking(item.state.status));
  if (run.pause && (!at || mayPark(at))) return waitsFor(run.pause);
  if (workers === 0) {
    const situation = at ? situationOf(at) : null;
    return situation
      ? `${situation} No worker is running: start one, and the labels are written.`
      : 'No worker is running. The run continues when one does.';
  }
  if (!at) return 'A worker takes the first unit within a second; units of the same customer wait for each other.';
  const day = unitInProse(at.day);
  const where =
    waitsWhere(at) === 'before its delete'
      ? `before the delete of ${day}`
      : `after ${day}, whose labels are written first`;
  const pauses = run.pause ? ` The run waits ${where}.` : '';
  return `${whileIn(at, items)}${stopSentence(run.cancelAfter, day)}${pauses}`;
}

/** What a paused run waits for. */
function waitsFor({ cause }: Pause): string {
  switch (cause) {
    case 'person':
      return 'The run goes on when somebody resumes it.';
    case 'hold':
      return 'The run goes on by itself when the numbers are within the limits.';
    case 'campaign':
      return 'The run goes on when its campaign does.';
    case 'stop everything':
      return 'The run goes on when the stop is lifted.';
  }
}

function stopSentence(cancelAfter: CancelPoint | null, day: string): string {
  switch (cancelAfter) {
    case 'step':
      return ' The run stops after this step.';
    case 'day':
      return ` The run stops after ${day}.`;
    case 'delete':
      return ` The run stops before the labels of ${day} are written again.`;
    default:
      return '';
  }
}

function whileIn(at: OfferedDay, items: readonly OfferedDay[]): string {
  const { state } = at;
  const { beforeDelete, path } = strategies[state.strategy];
  const following = items.find((item) => item.state.status === 'planned');
  if (state.status === 'verifying' && following) return `Next: ${unitInProse(following.day)}, when the count holds.`;
  if (state.status === 'snapshot' && !state.hasRows) return 'Next: write the labels; nothing is deleted.';
  const next = isWorking(state.status) ? path[state.status] : undefined;
  return (isBeforeDelete(at) ? beforeDelete : next) ?? 'The worker goes on.';
}
