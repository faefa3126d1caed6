import type { Control } from './choice-model';
import { isWorking, type Strategy, type WorkStatus } from './name-model';
import { type LabelsAre, labelsAre, states } from './states';
import { labelsIn, leavesGap, pathOf } from './ways';

/** The list of wrong rows that was proven: the attempt that made it, and its digest. */
export type WrongList = { attempt: number; rows: number; hash: string };

type Base = {
  /** Decides the order of the day’s states. */
  strategy: Strategy;
  /** False where the day has no label rows to back up, prove or delete. */
  hasRows: boolean;
  /** Part of every outside name; it only rises. */
  attempt: number;
  /** Attempts of the present step since a person last acted. */
  tries: number;
  /** The attempt whose backup was proven. */
  backupAttempt: number | null;
  /** What the delete may take, where a strategy deletes wrong rows only. */
  wrongRows: WrongList | null;
  /** True where an interrupted delete may have left rows, and the next one may take what it left. */
  deletingRest: boolean;
  /** Since when Jobs of the present step fail for reasons that pass. */
  passingSinceMs: number | null;
};

/** A day that waits for a person. `asked`: somebody stopped it; `remedy`: what the step that failed knows to be right. */
type Waiting = {
  status: 'needs attention';
  failedIn: WorkStatus;
  labels: LabelsAre;
  sentence: string;
  asked: boolean;
  remedy: Control | null;
};
export type WaitingUnit = Base & Waiting;

export type ItemState =
  | (Base & { status: 'planned' | WorkStatus | 'verified' })
  | WaitingUnit
  | (Base & { status: 'cancelled' | 'skipped'; sentence: string });

/** Events that end a state well and say no more. */
type Ends = Exclude<(typeof states)[WorkStatus]['ends'], 'proved'>;

export type ItemEvent =
  | { kind: 'begin' | Ends }
  /** Null: no row is wrong any more, so there is nothing to delete. */
  | { kind: 'proved'; list: WrongList | null }
  /**
   * The Job of this attempt is proven dead without effect. The next attempt follows, or a person after the third; where
   * it died of what passes, a person after `passingMs` of it.
   */
  | { kind: 'job died'; sentence: string; passingAtMs?: number; ranLong?: boolean }
  | { kind: 'failed'; sentence: string; labels?: LabelsAre; remedy?: Control }
  /** `labels`: what is known to be left of them. */
  | { kind: 'stop'; sentence: string; labels?: LabelsAre }
  /** Everything was stopped at once: a person decides, whatever is left of the labels. */
  | { kind: 'stop now'; sentence: string; labels: LabelsAre }
  /** The run is paused, and the unit is where it may wait: see `mayPark`. */
  | { kind: 'park' }
  | { kind: 'resume' | 'retry' | 'relabel only' }
  | { kind: 'close' | 'hand to undo'; sentence: string };

export const triesMax = 3;
/** How long a step is tried again while what it needs does not answer. */
export const passingMs = 10 * 60_000;

const first = (strategy: Strategy, rows: number): Base => ({
  strategy,
  hasRows: rows > 0,
  attempt: 1,
  tries: 1,
  backupAttempt: null,
  wrongRows: null,
  deletingRest: false,
  passingSinceMs: null,
});

/** A day's first state under a strategy; `rows` are the label rows that it has. */
export const planned = (strategy: Strategy, rows: number): ItemState => ({
  ...first(strategy, rows),
  status: 'planned',
});

/** A day that is left as it is, and why. */
export const skipped = (strategy: Strategy, rows: number, sentence: string): ItemState => ({
  ...first(strategy, rows),
  status: 'skipped',
  sentence,
});

/** What a state hands on to the next. */
const baseOf = (state: ItemState): Base => ({
  strategy: state.strategy,
  hasRows: state.hasRows,
  attempt: state.attempt,
  tries: state.tries,
  backupAttempt: state.backupAttempt,
  wrongRows: state.wrongRows,
  deletingRest: state.deletingRest,
  passingSinceMs: null,
});

/** The state after another on the day's path. */
export function after(state: Pick<Base, 'strategy' | 'hasRows'>, status: WorkStatus): WorkStatus | 'verified' {
  const path = pathOf(state);
  return path[path.indexOf(status) + 1] ?? 'verified';
}

/** The state that follows, or null where `event` cannot happen to `state`. Pure: the worker and the controls obey it. */
export function next(state: ItemState, event: ItemEvent): ItemState | null {
  const base = baseOf(state);
  if (isWorking(state.status)) return whileWorking(state.status, base, event, state.passingSinceMs);
  switch (state.status) {
    case 'planned':
      if (event.kind === 'begin') return { ...base, status: 'checking' };
      if (event.kind === 'park') return state;
      return event.kind === 'stop' ? { ...base, status: 'cancelled', sentence: event.sentence } : null;
    case 'needs attention':
      return whileWaiting(state, base, event);
    default:
      return null;
  }
}

/** The state after the present one where `event` ends it well; null where it does not. */
function forward(status: WorkStatus, base: Base, event: ItemEvent): ItemState | null {
  const on = { ...base, tries: 1 };
  if (event.kind === 'proved' && status === 'proving')
    return { ...on, status: event.list ? after(base, status) : 'verifying', wrongRows: event.list };
  // NOTE: rows that are gone already need no wait for the mutation that took them.
  if (event.kind === 'rows gone' && status === 'deleting')
    return { ...on, status: after(base, 'waiting for mutation') };
  if (event.kind !== states[status].ends) return null;
  return {
    ...on,
    status: after(base, status),
    backupAttempt: status === 'backing up' ? base.attempt : base.backupAttempt,
  };
}

function whileWorking(
  status: WorkStatus,
  base: Base,
  event: ItemEvent,
  passingSinceMs: number | null,
): ItemState | null {
  const attention = (sentence: string, known: Partial<Waiting> = {}): ItemState => ({
    ...base,
    status: 'needs attention',
    failedIn: status,
    sentence,
    labels: known.labels ?? labelsIn(base, status, 'failed'),
    asked: known.asked ?? false,
    remedy: known.remedy ?? null,
  });
  switch (event.kind) {
    case 'job died':
      if (states[status].job === null) return null;
      if (event.passingAtMs !== undefined) {
        const since = passingSinceMs ?? event.passingAtMs;
        if (event.passingAtMs - since < passingMs)
          return { ...base, status, attempt: base.attempt + 1, passingSinceMs: since };
        if (!event.ranLong) return attention(`${event.sentence} It was tried for ${passingMs / 60_000} minutes.`);
      }
      if (base.tries < triesMax) return { ...base, status, attempt: base.attempt + 1, tries: base.tries + 1 };
      return attention(`${event.sentence} It was tried ${triesMax} times.`, {
        // NOTE: a delete of the rest follows one that took some of the rows.
        labels: status === 'deleting' && !base.deletingRest ? labelsIn(base, status, 'beforeJob') : undefined,
      });
    case 'failed':
      return attention(event.sentence, { labels: event.labels, remedy: event.remedy });
    case 'stop': {
      // NOTE: a day whose labels are untouched just ends; one stopped later keeps its range until a person decides.
      const labels = event.labels ?? labelsIn(base, status, 'stopped');
      return labels === 'in place'
        ? { ...base, status: 'cancelled', sentence: event.sentence }
        : attention(event.sentence, { labels, asked: true });
    }
    case 'stop now':
      return attention(event.sentence, { labels: event.labels, asked: true });
    case 'park':
      return parked(status, base);
    default:
      return forward(status, base, event);
  }
}

/**
 * Where a unit waits while its run is paused. What was looked at may be out of date when the run goes on: a unit whose
 * labels are untouched begins again, with new pre-checks and a new backup, and one before the delete of its wrong rows
 * looks for them again.
 */
function parked(status: WorkStatus, base: Base): ItemState | null {
  const again = { ...base, attempt: base.attempt + 1, tries: 1, wrongRows: null };
  if (labelsIn(base, status, 'beforeJob') === 'in place') return { ...again, status: 'planned', backupAttempt: null };
  const before = pathOf(base).includes('proving') && (status === 'proving' || status === 'deleting');
  return before ? { ...again, status: 'proving' } : null;
}

function whileWaiting(state: WaitingUnit, base: Base, event: ItemEvent): ItemState | null {
  const again = { ...base, tries: 1 };
  switch (event.kind) {
    case 'resume':
      return { ...again, status: state.failedIn };
    case 'retry':
      return {
        ...again,
        status: retriedFrom(state),
        attempt: base.attempt + 1,
        deletingRest: base.deletingRest || state.labels === 'half deleted' || isRestoredAgain(state),
      };
    case 'relabel only':
      if (!mayRelabelOnly(state)) return null;
      // NOTE: an undo that cannot end is left as a replace whose delete is behind it: the truth then verifies the labels.
      return {
        ...again,
        status: 'relabelling',
        attempt: base.attempt + 1,
        ...(base.strategy === 'undo' ? { strategy: 'replace' as const, hasRows: true } : {}),
      };
    case 'hand to undo':
      return { ...base, status: 'cancelled', sentence: event.sentence };
    case 'close':
      return mayClose(state) ? { ...base, status: 'cancelled', sentence: event.sentence } : null;
    default:
      return null;
  }
}

/**
 * A delete is tried again from its submission; where it takes wrong rows only, from the proof of what is still wrong. A
 * restore is tried again from its delete, which takes what the last one left.
 */
function retriedFrom(state: WaitingUnit): WorkStatus {
  const { failedIn } = state;
  const path = pathOf(state);
  const inDelete = failedIn === 'deleting' || failedIn === 'waiting for mutation';
  if (!path.includes('deleting') || !(inDelete || isRestoredAgain(state))) return failedIn;
  return path.includes('proving') ? 'proving' : 'deleting';
}

/** True where a restore was begun and labels are missing or wrong. A day that was only not compared yet is compared. */
function isRestoredAgain(state: WaitingUnit): boolean {
  const path = pathOf(state);
  const at = path.indexOf('restoring');
  return at >= 0 && path.indexOf(state.failedIn) >= at && labelsAre[state.labels].isMissing;
}

/** Relabelling over rows that are still in place would make duplicates of those whose key changed. */
export function mayRelabelOnly(state: WaitingUnit): boolean {
  if (state.labels !== 'in place') return true;
  const path = pathOf(state);
  const at = path.indexOf('relabelling');
  return !leavesGap(state) && at >= 0 && (!state.hasRows || path.indexOf(state.failedIn) >= at);
}

/** A day half deleted closes only through relabel or undo. */
export const mayClose = (state: WaitingUnit): boolean => !labelsAre[state.labels].isMissing;
