import type { CancelPoint, Control, ItemStatus, RunStatus, StepName, Strategy } from './model';
import { flowOf, isWorking, pathOf, stepOf, type WorkStatus } from './paths';

/** What is known of a day's label rows while it stands still. */
export type LabelsAre = 'in place' | 'half deleted' | 'gone' | 'written';

/**
 * `attempt` is part of every outside name and only rises; `tries` counts the attempts of the present step since a
 * person last acted; `backup` is the attempt whose backup was proven; `deletes` is false where the day needs no
 * delete of all its rows; `partial` allows a delete of what an earlier, interrupted delete left. `flow` is the order of
 * its steps (where it is absent, `deletes` tells), `backs` is false where there are no rows to back up, and `list` is
 * the proven list of wrong rows: its attempt and digest. `passingSinceMs` is there while Jobs of the present step fail
 * for reasons that pass.
 */
type Base = {
  attempt: number;
  tries: number;
  backup: number | null;
  deletes: boolean;
  partial: boolean;
  flow?: Strategy;
  backs?: boolean;
  list?: WrongList | null;
  passingSinceMs?: number;
};

/** A day that waits for a person. `asked`: somebody stopped it; `remedy`: what the step that failed knows to be right. */
type Waiting = {
  status: 'needs attention';
  failedIn: WorkStatus;
  labels: LabelsAre;
  sentence: string;
  asked?: true;
  remedy?: Control;
};
export type WaitingDay = Base & Waiting;

export type WrongList = { attempt: number; rows: number; hash: string };

export type ItemState =
  | (Base & { status: 'planned' | WorkStatus | 'verified' })
  | (Base & Waiting)
  | (Base & { status: 'cancelled' | 'skipped'; sentence: string });

export type ItemEvent =
  | { kind: 'begin' | 'checked' | 'snapshot taken' | 'backed up' | 'delete seen' | 'rows gone' }
  | { kind: 'relabel begun' | 'relabelled' | 'restored' | 'counted' }
  /** Null: no row is wrong any more, so there is nothing to delete. */
  | { kind: 'proved'; list: WrongList | null }
  /**
   * The Job of this attempt is proven dead without effect: the next attempt, or a person after the third; where it
   * died of what passes, a person after `passingMs` of it.
   */
  | { kind: 'job died'; sentence: string; passingAtMs?: number; ranLong?: boolean }
  | { kind: 'failed'; sentence: string; labels?: LabelsAre; remedy?: Control }
  /** `labels`: what is known to be left of them. */
  | { kind: 'stop'; sentence: string; labels?: LabelsAre }
  | { kind: 'resume' | 'retry' | 'relabel only' }
  | { kind: 'close' | 'hand to undo'; sentence: string };

export const triesMax = 3;
/** How long a step is tried again while what it needs does not answer. */
export const passingMs = 10 * 60_000;

/** The first state of a day that is repaired by `replace`, or has nothing to delete. */
export const planned = (deletes: boolean): ItemState => ({
  status: 'planned',
  attempt: 1,
  tries: 1,
  backup: null,
  deletes,
  partial: false,
});

/** A day's first state under a strategy; `rows` are the label rows that it has. */
export const plannedFor = (flow: Strategy, rows: number): ItemState => ({
  ...planned(flow === 'replace' && rows > 0),
  flow,
  backs: rows > 0,
});

function after(state: Base, status: WorkStatus): WorkStatus | 'verified' {
  const path = pathOf(state);
  return path[path.indexOf(status) + 1] ?? 'verified';
}

export const skipped = (sentence: string): ItemState => ({ ...baseOf(planned(false)), status: 'skipped', sentence });

const baseOf = ({ attempt, tries, backup, deletes, partial, flow, backs, list }: ItemState): Base => ({
  attempt,
  tries,
  backup,
  deletes,
  partial,
  ...(flow === undefined ? {} : { flow }),
  ...(backs === undefined ? {} : { backs }),
  ...(list === undefined ? {} : { list }),
});

/** What a step that failed without knowing better leaves behind; the cautious answer where it may have acted. */
function labelsAt(status: WorkStatus, state: Pick<Base, 'flow' | 'deletes'>): LabelsAre {
  const { deletes } = state;
  if (status === 'verifying' || status === 'proving') return 'written';
  if (status === 'restoring') return 'half deleted';
  // NOTE: no-gap deletes only rows that stand beside their right row, so no label is ever missing.
  if (flowOf(state) === 'no-gap')
    return status === 'deleting' || status === 'waiting for mutation' ? 'written' : 'in place';
  if (status === 'deleting' || status === 'waiting for mutation') return 'half deleted';
  if (status === 'deleted, not relabelled') return 'gone';
  return status === 'relabelling' && deletes ? 'gone' : 'in place';
}

const forward: Partial<
  Record<ItemEvent['kind'], { from: ItemStatus[]; to: (state: ItemState) => WorkStatus | 'verified' }>
> = {
  begin: { from: ['planned'], to: () => 'checking' },
  checked: { from: ['checking'], to: (state) => after(state, 'checking') },
  'snapshot taken': { from: ['snapshot'], to: (state) => after(state, 'snapshot') },
  'backed up': { from: ['backing up'], to: (state) => after(state, 'backing up') },
  'delete seen': { from: ['deleting'], to: () => 'waiting for mutation' },
  'rows gone': { from: ['deleting', 'waiting for mutation'], to: (state) => after(state, 'waiting for mutation') },
  'relabel begun': { from: ['deleted, not relabelled'], to: () => 'relabelling' },
  relabelled: { from: ['relabelling'], to: (state) => after(state, 'relabelling') },
  restored: { from: ['restoring'], to: () => 'verifying' },
  counted: { from: ['verifying'], to: () => 'verified' },
};

/** The state that follows, or null where `event` cannot happen to `state`. Pure: the worker and the controls obey it. */
export function next(state: ItemState, event: ItemEvent): ItemState | null {
  const base = baseOf(state);
  if (event.kind === 'proved')
    return state.status === 'proving'
      ? { ...base, status: event.list ? 'deleting' : 'verifying', tries: 1, list: event.list }
      : null;
  const step = forward[event.kind];
  if (step) {
    if (!step.from.includes(state.status)) return null;
    const backup = event.kind === 'backed up' ? state.attempt : state.backup;
    return { ...base, status: step.to(state), tries: 1, backup };
  }
  if (isWorking(state.status)) return whileWorking(state.status, base, event, state.passingSinceMs);
  if (state.status === 'planned')
    return event.kind === 'stop' ? { ...base, status: 'cancelled', sentence: event.sentence } : null;
  return state.status === 'needs attention' ? whileWaiting(state, base, event) : null;
}

const hasJob = new Set<WorkStatus>(['backing up', 'deleting', 'relabelling', 'proving', 'restoring']);

function whileWorking(status: WorkStatus, base: Base, event: ItemEvent, passingSinceMs?: number): ItemState | null {
  const attention = (sentence: string, labels = labelsAt(status, base), more: Partial<Waiting> = {}): ItemState => ({
    ...base,
    status: 'needs attention',
    failedIn: status,
    labels,
    sentence,
    ...more,
  });
  switch (event.kind) {
    case 'job died':
      if (!hasJob.has(status)) return null;
      if (event.passingAtMs !== undefined) {
        const since = passingSinceMs ?? event.passingAtMs;
        if (event.passingAtMs - since < passingMs)
          return { ...base, status, attempt: base.attempt + 1, passingSinceMs: since };
        if (!event.ranLong) return attention(`${event.sentence} It was tried for ${passingMs / 60_000} minutes.`);
      }
      if (base.tries < triesMax) return { ...base, status, attempt: base.attempt + 1, tries: base.tries + 1 };
      return attention(
        `${event.sentence} It was tried ${triesMax} times.`,
        status === 'deleting' && base.deletes ? 'in place' : undefined,
      );
    case 'failed':
      return attention(event.sentence, event.labels, event.remedy ? { remedy: event.remedy } : {});
    case 'stop': {
      // NOTE: a day whose labels are untouched just ends; one stopped later keeps its range until a person decides.
      const untouched = event.labels ?? (status === 'relabelling' ? 'written' : labelsAt(status, base));
      return untouched === 'in place'
        ? { ...base, status: 'cancelled', sentence: event.sentence }
        : attention(event.sentence, event.labels, { asked: true });
    }
    default:
      return null;
  }
}

function whileWaiting(state: WaitingDay, base: Base, event: ItemEvent): ItemState | null {
  const again = { ...base, tries: 1 };
  switch (event.kind) {
    case 'resume':
      return { ...again, status: state.failedIn };
    case 'retry': {
      const inDelete = state.failedIn === 'waiting for mutation' || state.failedIn === 'deleting';
      // NOTE: what is still wrong is proven anew; a list of before may hold rows that are right by now.
      const from = inDelete && flowOf(base) === 'no-gap' ? 'proving' : inDelete ? 'deleting' : state.failedIn;
      return {
        ...again,
        status: from,
        attempt: base.attempt + 1,
        partial: base.partial || state.labels === 'half deleted',
      };
    }
    case 'relabel only':
      if (!mayRelabelOnly(state)) return null;
      // NOTE: an undo that cannot end is left by writing the labels anew, which the truth then verifies.
      return {
        ...again,
        status: 'relabelling',
        attempt: base.attempt + 1,
        ...(base.flow === 'undo' ? { flow: 'relabel-only' as const, deletes: state.labels !== 'in place' } : {}),
      };
    case 'hand to undo':
      return { ...base, status: 'cancelled', sentence: event.sentence };
    case 'close':
      return mayClose(state) ? { ...base, status: 'cancelled', sentence: event.sentence } : null;
    default:
      return null;
  }
}

/** Relabelling over rows that are still in place would make duplicates of those whose key changed. */
const mayRelabelOnly = (state: WaitingDay): boolean => {
  if (state.labels !== 'in place') return true;
  const path = pathOf(state);
  const at = path.indexOf('relabelling');
  return !state.deletes && at >= 0 && (state.backs !== true || path.indexOf(state.failedIn) >= at);
};

/** A day half deleted closes only through relabel or undo. */
const mayClose = (state: WaitingDay): boolean => state.labels === 'in place' || state.labels === 'written';

/** The run's status from its days'; `closed` is a person's word and never computed. */
export function runStatusOf(items: readonly ItemStatus[]): Exclude<RunStatus, 'closed'> {
  if (items.includes('needs attention')) return 'needs attention';
  if (items.some((status) => isWorking(status))) return 'running';
  if (items.includes('planned')) return items.some((status) => status === 'verified') ? 'running' : 'queued';
  return items.includes('cancelled') ? 'cancelled' : 'verified';
}

/** Where a day in work stands: `begun` are its steps whose Job was launched, by any attempt. */
export type AtWork = { state: ItemState; begun: readonly StepName[] };

const destroying: readonly WorkStatus[] = ['deleting', 'restoring'];

/** True before a step that deletes, until its Job is launched: where a run is held, and stops with nothing deleted. */
export const isBeforeDelete = ({ state, begun }: AtWork): boolean =>
  (destroying as readonly ItemStatus[]).includes(state.status) &&
  isWorking(state.status) &&
  !begun.includes(stepOf[state.status]);

/** What is left of the day's labels if it stops where it is, before the Job of its step is launched again. */
function labelsHere(status: WorkStatus, base: Base, begun: readonly StepName[]): LabelsAre {
  const first = !begun.includes(stepOf[status]);
  if (first && destroying.includes(status) && flowOf(base) !== 'no-gap') return 'in place';
  if (first && status === 'relabelling' && !base.deletes) return 'in place';
  const left = labelsAt(status, base);
  // NOTE: a relabel that was begun may have written some of its rows.
  return status === 'relabelling' && left === 'in place' ? 'written' : left;
}

const isMissing = (labels: LabelsAre): boolean => labels === 'gone' || labels === 'half deleted';

/**
 * What is left of the labels where the worker stops the day right now, null where it goes on: nothing stops between
 * delete and relabel unless that was asked for.
 */
export function stopHere({ state, begun }: AtWork, after: CancelPoint | null): LabelsAre | null {
  if (after === null || after === 'day') return null;
  if (!isWorking(state.status)) return after === 'step' ? 'in place' : null;
  const left = labelsHere(state.status, state, begun);
  if (after === 'delete') return state.status === 'deleted, not relabelled' ? left : null;
  return isMissing(left) ? null : left;
}

/** What "cancel after step" would leave of the labels, null where the day's present step has no such end. */
export function stopAfterStep(at: AtWork): LabelsAre | null {
  const { state, begun } = at;
  if (!isWorking(state.status)) return null;
  if (isBeforeDelete(at)) return labelsHere(state.status, state, begun);
  const following = after(state, state.status);
  if (following === 'verified') return null;
  const left = labelsHere(following, state, begun);
  return isMissing(left) ? null : left;
}

/** The controls that a person may use now; the safe way to cancel comes first. `begun` is of the day in work. */
export function controlsOf(
  run: { status: RunStatus; cancelAfter: CancelPoint | null },
  items: readonly ItemState[],
  begun: readonly StepName[] = [],
): Control[] {
  if (run.status === 'queued' || run.status === 'running') {
    const state = items.find((item) => isWorking(item.status));
    const cancels = state ? cancelsOf({ state, begun }) : (['step', 'day'] as const);
    const possible = cancels
      .filter((after) => run.cancelAfter !== after)
      .map((after) => `cancel after ${after}` as const);
    return run.cancelAfter ? [...possible, 'resume'] : possible;
  }
  const waiting = items.find((item) => item.status === 'needs attention');
  if (run.status !== 'needs attention' || waiting?.status !== 'needs attention') return [];
  return [
    'resume',
    'retry',
    ...(mayRelabelOnly(waiting) ? (['relabel only'] as const) : []),
    ...(mayClose(waiting) ? (['close'] as const) : []),
  ];
}

function cancelsOf(at: AtWork): CancelPoint[] {
  const left = stopAfterStep(at);
  if (left === 'in place') return ['step', 'day'];
  const between: ItemStatus[] = ['deleting', 'waiting for mutation', 'deleted, not relabelled'];
  const mayStay = between.includes(at.state.status) && flowOf(at.state) === 'replace';
  return ['day', ...(left ? (['step'] as const) : []), ...(mayStay ? (['delete'] as const) : [])];
}

/** The one right control for a day that waits for a person. */
export function remedyOf(state: WaitingDay): Control {
  if (state.asked) return 'resume';
  if (state.remedy) return state.remedy;
  switch (state.labels) {
    case 'gone':
      return 'relabel only';
    case 'half deleted':
      return flowOf(state) === 'undo' ? 'retry' : 'resume';
    case 'written':
      return state.failedIn === 'verifying' ? 'relabel only' : 'retry';
    default:
      return 'retry';
  }
}
