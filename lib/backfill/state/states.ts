import { agree, count } from '@/lib/words';
import { type StepName, type WorkStatus, workStatuses } from './name-model';

/**
 * What is known of the labels of a day that stopped: `isMissing` where people may see too few of them. `stopped` is
 * said of a day that a person stopped; `now` is its situation, unless its strategy has other words.
 */
export const labelsAre = {
  'in place': {
    isMissing: false,
    stopped: (day: string, _rows: number) => `Stopped as requested. Nothing of ${day} was deleted.`,
    now: (day: string) => `The labels of ${day} are untouched.`,
  },
  written: {
    isMissing: false,
    stopped: (day: string, _rows: number) =>
      `Stopped as requested. The right labels of ${day} are written; nothing was counted yet.`,
    now: (day: string) => `The labels of ${day} are written, but not verified.`,
  },
  'half deleted': {
    isMissing: true,
    stopped: (day: string, _rows: number) =>
      `Stopped as requested. Labels of ${day} may be missing. Resume to bring them back.`,
    now: (day: string) => `We do not know whether the delete of ${day} has finished.`,
  },
  gone: {
    isMissing: true,
    stopped: (day: string, rows: number) =>
      `Stopped as requested. ${day} has no labels right now: ${count(rows, 'row')} ${agree(rows, 'is', 'are')} deleted. Resume to write them back.`,
    now: (day: string) => `${day} has no labels: they are deleted and not written again.`,
  },
} as const;
export type LabelsAre = keyof typeof labelsAre;

/** What is left of the labels: one answer, or one for strategies that delete first and one for all others. */
type Labels = LabelsAre | { gap: LabelsAre; noGap: LabelsAre };

type StateFacts = {
  /** The column that shows it. */
  step: StepName;
  /** The event that ends it well. */
  ends: string;
  /** True where a day without label rows skips it. */
  onlyWithRows: boolean;
  /** What its Job does with rows; null where it has none. A run is stayed and stopped before a Job that deletes. */
  job: 'copies' | 'deletes' | 'writes' | null;
  /** True where the audit must prove the plan, its approval and the customer before the state is worked on. */
  needsProof: boolean;
  /** True where nothing that people see has changed yet, so that a refusal of an engine is not waited out for long. */
  givesUpSoon: boolean;
  /** What its column says while nothing else is known. */
  doing: string;
  /** What is left of the labels before its Job is launched, if it fails without knowing better, and if it is stopped. */
  labels: { beforeJob: Labels; failed: Labels; stopped: Labels };
  /** What the worker does, and what can go wrong, for docs/repair.md. */
  does: string;
  fails: string;
};

const always = (labels: Labels): StateFacts['labels'] => ({ beforeJob: labels, failed: labels, stopped: labels });

/** The states in which the worker has something to do, each with all that is known of it. */
export const states = {
  checking: {
    step: 'check',
    ends: 'checked',
    onlyWithRows: false,
    job: null,
    needsProof: true,
    givesUpSoon: true,
    doing: 'Looking at the pre-checks again.',
    labels: always('in place'),
    does: 'The worker looks at every pre-check again, waits for deletes of other runs on the same table, and compares the label rows with the plan.',
    fails: 'A pre-check fails, or the label rows, the table or the labeler’s Job template differ from the plan.',
  },
  snapshot: {
    step: 'snapshot',
    ends: 'snapshot taken',
    onlyWithRows: false,
    job: null,
    needsProof: false,
    givesUpSoon: true,
    doing: 'Storing Active Days.',
    labels: always('in place'),
    does: 'With the first day of a run, the worker stores the Active Days of the whole range: those of now, and those that the truth expects.',
    fails: 'ClickHouse or Postgres does not answer for ten minutes.',
  },
  'backing up': {
    step: 'backup',
    ends: 'backed up',
    onlyWithRows: true,
    job: 'copies',
    needsProof: true,
    givesUpSoon: true,
    doing: 'Copying the label rows.',
    labels: always('in place'),
    does: 'A Job copies the label rows of the unit into the backup table. The worker compares count and hash of the copy with the plan.',
    fails:
      'The label rows changed after the check, or the copy is not what was planned. Each attempt has its own backup.',
  },
  deleting: {
    step: 'delete',
    ends: 'delete seen',
    onlyWithRows: true,
    job: 'deletes',
    needsProof: true,
    givesUpSoon: false,
    doing: 'Submitting the delete.',
    labels: {
      beforeJob: { gap: 'in place', noGap: 'written' },
      failed: { gap: 'half deleted', noGap: 'written' },
      stopped: { gap: 'half deleted', noGap: 'written' },
    },
    does: 'A Job submits one delete of rows that the backup holds, as a mutation whose tag names run, unit and attempt. The state ends as soon as the mutation is seen.',
    fails:
      'It is not clear what the delete did, so a person decides. It is submitted again only where it is proven that it did nothing.',
  },
  'waiting for mutation': {
    step: 'mutation',
    ends: 'rows gone',
    onlyWithRows: true,
    job: null,
    needsProof: false,
    givesUpSoon: false,
    doing: 'Waiting for every replica.',
    labels: always({ gap: 'half deleted', noGap: 'written' }),
    does: 'The worker waits until the mutation is done on every replica, and counts that no row is left.',
    fails:
      'The mutation is killed, fails, or is not done in time; or rows are left that were written after the backup.',
  },
  'deleted, not relabelled': {
    step: 'relabel',
    ends: 'relabel begun',
    onlyWithRows: true,
    job: null,
    needsProof: false,
    givesUpSoon: false,
    doing: 'Writing the labels again.',
    labels: always('gone'),
    does: 'The labels of the unit are gone. The worker writes this down before the relabel begins, so that it is on record whatever happens next.',
    fails: 'Postgres does not answer for ten minutes.',
  },
  relabelling: {
    step: 'relabel',
    ends: 'relabelled',
    onlyWithRows: false,
    job: 'writes',
    needsProof: false,
    givesUpSoon: false,
    doing: 'Writing the labels again.',
    labels: {
      beforeJob: { gap: 'gone', noGap: 'in place' },
      failed: { gap: 'gone', noGap: 'in place' },
      stopped: { gap: 'gone', noGap: 'written' },
    },
    does: 'The labeler runs as a Job over exactly the scope of the unit. Running it again does no harm: the same keys replace each other.',
    fails: 'The labeler fails. It is not ours, so its last lines are all that is known.',
  },
  proving: {
    step: 'prove',
    ends: 'proved',
    onlyWithRows: true,
    job: 'copies',
    needsProof: true,
    givesUpSoon: true,
    doing: 'Looking for the right row beside each wrong one.',
    labels: always('written'),
    does: 'The worker looks for the right row of every closed conversation. A Job then copies the wrong rows, as far as the backup holds them, into a list. Where no row is wrong, the delete is skipped.',
    fails:
      'A conversation lacks its right row, the list is not what was counted, or more rows are wrong than were approved.',
  },
  restoring: {
    step: 'restore',
    ends: 'restored',
    onlyWithRows: false,
    job: 'writes',
    needsProof: true,
    givesUpSoon: false,
    doing: 'Bringing the rows of the backup back.',
    labels: { beforeJob: { gap: 'gone', noGap: 'in place' }, failed: 'half deleted', stopped: 'half deleted' },
    does: 'A Job inserts the rows of the backup, and deletes nothing. The worker compares count and hash. Labels that are the backup’s already need no Job.',
    fails:
      'The Job dies, which the next attempt makes up for; or the unit has rows that the backup lacks, or the backup is not what was planned.',
  },
  verifying: {
    step: 'verify',
    ends: 'counted',
    onlyWithRows: false,
    job: null,
    needsProof: false,
    givesUpSoon: false,
    doing: 'Counting.',
    labels: always('written'),
    does: 'The worker counts the day through the Distributed table: nothing stale, no duplicate, nothing missing, nothing lost, and the Active Days that the truth expects. An undo is compared with its backup, column by column.',
    fails: 'The count does not hold after ten minutes in which labels may still arrive.',
  },
} as const satisfies Record<WorkStatus, StateFacts>;

/** Steps whose Job does one of these to label rows. */
export const stepsWith = (...jobs: StateFacts['job'][]): StepName[] =>
  workStatuses.filter((status) => jobs.includes(states[status].job)).map((status) => states[status].step);
