import type { RunStatus } from '../state/model';

/** A backup in ClickHouse, with the run it belongs to. A `list` holds wrong rows instead of a unit's rows. */
export type BackupView = {
  backupId: string;
  customerId: string;
  database: string;
  runId: string | null;
  /** What it holds the rows of; null where its id names none. */
  unit: string | null;
  list: boolean;
  rows: number;
  bytes: number;
  takenAtMs: number;
  /** `due` is dropped within the hour. */
  state: 'kept' | 'due' | 'dropping';
  /** When it will be dropped; null while a run may still need it. */
  dropAtMs: number | null;
  /** One sentence: why it is kept, or what happens when. */
  sentence: string;
};

const dayMs = 86_400_000;
const over: readonly RunStatus[] = ['verified', 'cancelled', 'closed'];

/**
 * The one rule by which backups are dropped: it is older than the age limit, its run is over, and no active undo needs
 * it. A backup of a run that is not known here is never dropped.
 */
export function dropRule(of: {
  takenAtMs: number;
  /** Null: no run of this id is known. */
  runStatus: RunStatus | null;
  /** An undo of its run is active. */
  undoing: boolean;
  dropping: boolean;
  daysMax: number;
  nowMs: number;
}): Pick<BackupView, 'state' | 'dropAtMs' | 'sentence'> {
  const { runStatus, daysMax } = of;
  const kept = (sentence: string) => ({ state: 'kept' as const, dropAtMs: null, sentence });
  if (runStatus === null) return kept('It belongs to no run that is known here, so the console never drops it.');
  if (!over.includes(runStatus))
    return kept(`Kept while its run ${runStatus === 'needs attention' ? 'needs attention' : 'is under way'}.`);
  if (of.undoing) return kept('Kept while an undo of its run is under way.');
  const dropAtMs = of.takenAtMs + daysMax * dayMs;
  if (of.dropping) return { state: 'dropping', dropAtMs, sentence: 'It is being dropped.' };
  return of.nowMs >= dropAtMs
    ? {
        state: 'due',
        dropAtMs,
        sentence: `Older than ${daysMax} days, and its run is over: it is dropped within the hour.`,
      }
    : {
        state: 'kept',
        dropAtMs,
        sentence: `Its run is over; it is dropped at an age of ${daysMax} days. Until then the run can be undone.`,
      };
}
