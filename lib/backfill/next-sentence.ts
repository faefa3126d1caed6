import type { ItemState } from './machine';
import type { RunStatus } from './model';
import { flowOf, pathOf } from './paths';

type Item = { day: string; state: ItemState };

/** One sentence: what happens next, or what a person must do. */
export function nextSentence(
  run: { status: RunStatus; cancelAfter: 'step' | 'day' | null },
  items: readonly Item[],
  workers: number,
): string {
  if (run.status === 'verified') return 'Nothing: every day was verified by counting.';
  if (run.status === 'cancelled') return 'Nothing: the run was cancelled. Days that were verified stay repaired.';
  if (run.status === 'closed') return 'Nothing: the run was closed.';
  const waiting = items.find((item) => item.state.status === 'needs attention');
  if (waiting?.state.status === 'needs attention') return attention(waiting.day, waiting.state);
  if (workers === 0) return 'No worker is running. The run goes on as soon as one is.';
  const at = items.find((item) => !['verified', 'skipped', 'cancelled', 'planned'].includes(item.state.status));
  if (!at) return 'A worker takes the first day within a second; days of the same customer wait for each other.';
  const stop =
    run.cancelAfter === 'step'
      ? ' It stops after this step.'
      : run.cancelAfter === 'day'
        ? ' It stops after this day.'
        : '';
  return `${whileIn(at, items)}${stop}`;
}

function whileIn(at: Item, items: readonly Item[]): string {
  const following = items.find((item) => item.state.status === 'planned');
  switch (at.state.status) {
    case 'checking':
      return 'When the pre-checks hold, Active Days are stored.';
    case 'snapshot':
      return pathOf(at.state).includes('backing up')
        ? 'Then the label rows are backed up.'
        : 'Then the relabel Job starts; nothing is deleted.';
    case 'backing up':
      return `When count and hash of the backup are proven, ${afterBackup[flowOf(at.state)]}.`;
    case 'proving':
      return 'When every wrong row has its right row beside it, exactly the wrong ones are deleted.';
    case 'restoring':
      return 'When the rows are back, they are compared with the backup column by column.';
    case 'deleting':
    case 'waiting for mutation':
      if (flowOf(at.state) === 'no-gap') return 'When no wrong row is left on any replica, the labels are counted.';
      return 'The relabel Job starts as soon as the mutation is done on every replica.';
    case 'deleted, not relabelled':
    case 'relabelling':
      if (flowOf(at.state) === 'no-gap') return 'When the right rows are written, the wrong ones are looked for.';
      return 'When the relabel Job has ended, the labels are counted.';
    default:
      return following
        ? `When the count holds, ${following.day} begins at once.`
        : 'When the count holds, the run is verified.';
  }
}

const afterBackup = {
  replace: 'the rows are deleted',
  'no-gap': 'the relabel Job writes the right rows beside the wrong ones',
  'relabel-only': 'the relabel Job starts; nothing is deleted',
  undo: 'the rows of the former backup are brought back',
};

function attention(day: string, state: Extract<ItemState, { status: 'needs attention' }>): string {
  switch (state.labels) {
    case 'gone':
      return `The labels of ${day} are missing. Remove the cause, then "relabel only" writes them again.`;
    case 'half deleted':
      if (flowOf(state) === 'undo')
        return `The labels of ${day} are not complete. "Retry" brings the backup back anew, "relabel only" writes the labels from the truth’s source instead.`;
      return `The delete of ${day} did not end clearly. "Resume" looks again, "retry" deletes what is left, "relabel only" writes the labels again.`;
    case 'written':
      return `The labels of ${day} were written but are not verified. "Relabel only" writes them again, "resume" counts again, "close" ends the run.`;
    default:
      return `The labels of ${day} are untouched. Remove the cause and "retry", or "close" the run.`;
  }
}
