import type { Config } from '@/lib/config';
import type { CustomerTables } from '@/lib/customers/model';
import { count, formatNumber } from '@/lib/words';
import { type RepairStrategy, repairStrategies, type Strategy, type WorkStatus } from './name-model';
import type { LabelsAre } from './states';

/** What a plan comes to, over the units that it works on. `days` are the days that they are of. */
export type PlanSums = {
  days: number;
  rowsToDelete: number;
  conversationsToRelabel: number;
  conversationsThatChange: number;
  /** Of an undo: the rows of its backups, and the conversations that will then differ from the truth. */
  rowsThatComeBack: number;
  differAfter: number;
};

type Labels = Pick<CustomerTables['labels'], 'keyIsMutable' | 'keyText'>;
type Offer = { possible: boolean; sentence: string };

type StrategyFacts = {
  /** Its states in order; of each, what comes next, as a run's page says it. */
  path: Partial<Record<WorkStatus, string>>;
  /** What comes next before the Job that deletes is launched; null where nothing is deleted. */
  beforeDelete: string | null;
  /** Which label rows of a day its delete takes. */
  deletes: 'every row' | 'wrong rows' | null;
  /** True where labels of the day are missing between its delete and what writes them. */
  leavesGap: boolean;
  /** Whether it is offered for these tables and this labeler, and what it means or why not; null: never offered. */
  offer: ((labels: Labels, labeler: Config['labeler']) => Offer) | null;
  /** False where a strategy that is not possible is so as a rule, and the page need not say why. */
  isNamedWhenImpossible: boolean;
  /** The button that starts it. */
  action: (sums: PlanSums) => string;
  /** What will happen, below the title of its preview. */
  summary: (sums: PlanSums) => string;
  /** What people see of the labels until it ends. */
  meanwhile: string;
  /** How a day is left by a stop after something was written. */
  leftWritten: (day: string) => string;
  /** Other words than those of `labelsAre` for a day that needs attention. */
  now: Partial<Record<LabelsAre, (day: string) => string>>;
};

const begins = {
  checking: 'Next: store Active Days, when the pre-checks hold.',
  snapshot: 'Next: back up the label rows.',
};
const afterBackup = (what: string) => `Next, when count and hash of the backup are proven: ${what}.`;
const writeAgain = 'Next: write the labels again, as soon as the delete is done on every replica.';
const restoreRows = 'Next: bring the rows of the backup back, as soon as the delete is done on every replica.';
const countLabels = 'Next: count the labels, when the relabel Job has ended.';
const countRest = 'Next: count the labels, when no wrong row is left on any replica.';
/** Of the last day; before that the next day is named. */
const ends = { verifying: 'Next: the run is verified, when the count holds.' };

const keyStays = ({ keyText }: Labels) =>
  `The label key ${keyText} has no column that a relabel changes, so the right row takes the wrong one’s place: nothing is deleted.`;

const relabelled = (sums: PlanSums) => count(sums.conversationsToRelabel, 'conversation');
const willChange = (sums: PlanSums) => `${formatNumber(sums.conversationsThatChange)} will change`;
const relabelAction = (sums: PlanSums) => `Relabel ${relabelled(sums)}; ${willChange(sums)}`;
const notCounted = (day: string) => `The labels of ${day} are written, but not counted until somebody resumes.`;

const table = {
  replace: {
    path: {
      ...begins,
      'backing up': afterBackup('delete the label rows'),
      deleting: writeAgain,
      'waiting for mutation': writeAgain,
      'deleted, not relabelled': countLabels,
      relabelling: countLabels,
      ...ends,
    },
    beforeDelete: 'Next: delete the label rows.',
    deletes: 'every row',
    leavesGap: true,
    offer: (labels, { rangeColumn }) => {
      if (!labels.keyIsMutable) return { possible: false, sentence: keyStays(labels) };
      if (rangeColumn === 'ended_at')
        return {
          possible: false,
          sentence:
            'The deployed labeler selects by the end of a chat, so a delete by start and its relabel would select other conversations.',
        };
      return {
        possible: true,
        sentence:
          'Deletes all label rows of a unit, then writes them again. Orphans go too. Labels and Active Days of its days are missing in between; the gap is measured.',
      };
    },
    isNamedWhenImpossible: true,
    action: (sums) =>
      sums.rowsToDelete === 0
        ? relabelAction(sums)
        : `Delete ${count(sums.rowsToDelete, 'label row')} and relabel ${relabelled(sums)}; ${willChange(sums)}`,
    summary: ({ rowsToDelete, days }) =>
      `${count(rowsToDelete, 'label row')} of ${count(days, 'day')} are backed up, deleted and written again.`,
    meanwhile: 'Labels of the unit that is being worked on are missing; the gap is measured and shown.',
    leftWritten: notCounted,
    now: {},
  },
  'no-gap': {
    path: {
      ...begins,
      'backing up': afterBackup('write the right rows beside the wrong ones'),
      relabelling: 'Next: look for the wrong rows, when the right ones are written.',
      proving: 'Next: delete exactly the wrong rows, when each has its right row beside it.',
      deleting: countRest,
      'waiting for mutation': countRest,
      ...ends,
    },
    beforeDelete: 'Next: delete the wrong rows.',
    deletes: 'wrong rows',
    leavesGap: false,
    offer: (labels) =>
      labels.keyIsMutable
        ? {
            possible: true,
            sentence:
              'Writes the right rows first, proves each, then deletes exactly the wrong ones. No label is missing at any time; until the delete, an agent may show one day too many. Orphans and labels of open conversations stay.',
          }
        : { possible: false, sentence: keyStays(labels) },
    isNamedWhenImpossible: true,
    action: (sums) =>
      `Relabel ${relabelled(sums)}, then delete at most ${count(sums.rowsToDelete, 'wrong label row')}; ${willChange(sums)}`,
    summary: ({ rowsToDelete, days }) =>
      `the labels of ${count(days, 'day')} are written first, then the wrong ones deleted: at most ${count(rowsToDelete, 'row')}, less those that are replaced in place. No label is missing at any time.`,
    meanwhile: 'No label is missing. Until the wrong rows are deleted, an agent may show one day too many.',
    leftWritten: (day) => `The right labels of ${day} are written; wrong ones stay beside them until somebody resumes.`,
    now: { written: (day) => `No label of ${day} is missing; wrong ones are still there beside the right ones.` },
  },
  'relabel-only': {
    path: {
      ...begins,
      'backing up': afterBackup('write the labels; nothing is deleted'),
      relabelling: countLabels,
      ...ends,
    },
    beforeDelete: null,
    deletes: null,
    leavesGap: false,
    offer: (labels) =>
      labels.keyIsMutable
        ? {
            possible: false,
            sentence: `The label key ${labels.keyText} changes with agent or end, so a relabel without a delete would leave the wrong rows as duplicates.`,
          }
        : { possible: true, sentence: `${keyStays(labels)} No label is missing at any time.` },
    isNamedWhenImpossible: false,
    action: relabelAction,
    summary: ({ days }) => `the labels of ${count(days, 'day')} are written again in place; nothing is deleted.`,
    meanwhile: 'Labels stay readable.',
    leftWritten: notCounted,
    now: {},
  },
  undo: {
    path: {
      ...begins,
      'backing up': afterBackup('delete the label rows'),
      deleting: restoreRows,
      'waiting for mutation': restoreRows,
      restoring: 'Next: compare the rows with the backup, column by column.',
      ...ends,
    },
    beforeDelete: 'Next: delete the label rows.',
    deletes: 'every row',
    leavesGap: true,
    offer: null,
    isNamedWhenImpossible: false,
    action: ({ rowsThatComeBack, days }) => `Restore ${count(rowsThatComeBack, 'label row')} of ${count(days, 'day')}`,
    summary: ({ rowsToDelete, rowsThatComeBack, differAfter }) =>
      `Removes ${count(rowsToDelete, 'label row')} and brings back ${count(rowsThatComeBack, 'row')} as they were before the run, byte for byte. Afterwards ${count(differAfter, 'conversation')} will differ from the truth.`,
    meanwhile:
      'The labels that are there now are backed up, deleted, and the former ones brought back and compared column by column. In between they are missing; the gap is measured and shown. A run that waits for a decision is closed by this.',
    leftWritten: (day) => `The former labels of ${day} are back, but not compared until somebody resumes.`,
    now: {
      'half deleted': (day) => `The labels of ${day} are not complete.`,
      gone: (day) => `${day} has no labels: they are deleted and not restored.`,
    },
  },
} satisfies Record<Strategy, StrategyFacts>;

/** The strategies, each with all that is known of it. A new one is an entry in this table, its steps and a test. */
export const strategies: Record<Strategy, StrategyFacts> = table;

/** Whether a strategy is possible here, and what it means. */
export type StrategyOffer = Offer & { strategy: RepairStrategy };

export const strategyOffers = (labels: Labels, labeler: Config['labeler']): StrategyOffer[] =>
  repairStrategies.flatMap((strategy) => {
    const offered = strategies[strategy].offer?.(labels, labeler);
    return offered ? [{ strategy, ...offered }] : [];
  });
