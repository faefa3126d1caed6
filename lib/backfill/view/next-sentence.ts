import { dayInWords } from '@/lib/words';
import { isBeforeDelete } from '../state/machine';
import type { CancelPoint, RunStatus } from '../state/model';
import { flowOf, isWorking, pathOf } from '../state/paths';
import { type OfferedDay, offersOf, situationOf } from './offers';

/** What happens next; of a run that stands still, what is wrong and the one thing to do. */
export function nextSentence(
  run: { status: RunStatus; cancelAfter: CancelPoint | null; undone?: boolean },
  items: readonly OfferedDay[],
  workers: number,
): string {
  if (run.undone) return 'Undone since. A new plan can repair these days again.';
  if (run.status === 'verified') {
    const undo = items.some(({ state }) => flowOf(state) === 'undo');
    return `Done. Every day was checked after the ${undo ? 'undo' : 'repair'}.`;
  }
  if (run.status === 'cancelled') return 'The run was cancelled. Days that were verified stay repaired.';
  if (run.status === 'closed') return 'The run was closed.';
  const waiting = items.find((item) => item.state.status === 'needs attention');
  if (waiting) {
    const [first] = offersOf(run, items);
    return [situationOf(waiting), first && `Next step: “${first.verb}”.`].filter(Boolean).join(' ');
  }
  const at = items.find((item) => isWorking(item.state.status));
  if (workers === 0) {
    const situation = at ? situationOf(at) : null;
    return situation
      ? `${situation} No worker is running: start one, and the labels are written.`
      : 'No worker is running. The run goes on as soon as one is.';
  }
  if (!at) return 'A worker takes the first day within a second; days of the same customer wait for each other.';
  return `${whileIn(at, items)}${stopSentence(run.cancelAfter, dayInWords(at.day))}`;
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
  const following = items.find((item) => item.state.status === 'planned');
  switch (at.state.status) {
    case 'checking':
      return 'Next: store Active Days, when the pre-checks hold.';
    case 'snapshot':
      return pathOf(at.state).includes('backing up')
        ? 'Next: back up the label rows.'
        : 'Next: write the labels; nothing is deleted.';
    case 'backing up':
      return `Next, when count and hash of the backup are proven: ${afterBackup[flowOf(at.state)]}.`;
    case 'proving':
      return 'Next: delete exactly the wrong rows, when each has its right row beside it.';
    case 'restoring':
      if (isBeforeDelete(at)) return 'Next: delete what is there and bring the rows of the backup back.';
      return 'Next: compare the rows with the backup, column by column.';
    case 'deleting':
      if (isBeforeDelete(at)) return `Next: delete the ${flowOf(at.state) === 'no-gap' ? 'wrong' : 'label'} rows.`;
      return afterDelete(at);
    case 'waiting for mutation':
      return afterDelete(at);
    case 'deleted, not relabelled':
    case 'relabelling':
      if (flowOf(at.state) === 'no-gap') return 'Next: look for the wrong rows, when the right ones are written.';
      return 'Next: count the labels, when the relabel Job has ended.';
    default:
      return following
        ? `Next: ${dayInWords(following.day)}, when the count holds.`
        : 'Next: the run is verified, when the count holds.';
  }
}

const afterDelete = ({ state }: OfferedDay): string =>
  flowOf(state) === 'no-gap'
    ? 'Next: count the labels, when no wrong row is left on any replica.'
    : 'Next: write the labels again, as soon as the delete is done on every replica.';

const afterBackup = {
  replace: 'delete the label rows',
  'no-gap': 'write the right rows beside the wrong ones',
  'relabel-only': 'write the labels; nothing is deleted',
  undo: 'bring the rows of the former backup back',
};
