import type { Pause } from '@/lib/holds/model';
import type { CancelPoint, Control } from './choice-model';
import { type ItemState, mayClose, mayRelabelOnly, type WaitingUnit } from './machine';
import type { RunStatus } from './model';
import type { StepName } from './name-model';
import { type ItemStatus, isWorking } from './name-model';
import { type OngoingDay, stopAfterStep } from './stops';
import { pathOf } from './ways';

/** The run's status from its days'; `closed` is a person's word and never computed. */
export function runStatusOf(items: readonly ItemStatus[]): Exclude<RunStatus, 'closed'> {
  if (items.includes('needs attention')) return 'needs attention';
  if (items.some((status) => isWorking(status))) return 'running';
  if (items.includes('planned')) return items.some((status) => status === 'verified') ? 'running' : 'queued';
  return items.includes('cancelled') ? 'cancelled' : 'verified';
}

/** What decides which controls a run has. `pause` is what it waits for, "stop everything" included. */
export type ControlledRun = { status: RunStatus; cancelAfter: CancelPoint | null; pause?: Pause | null };

/**
 * The controls that a person may use now: to go on where the run is paused, else the safe way to cancel comes first.
 * While everything is stopped nothing goes on. `begun` is of the day in work.
 */
export function controlsOf(
  run: ControlledRun,
  items: readonly ItemState[],
  begun: readonly StepName[] = [],
): Control[] {
  if (run.status === 'queued' || run.status === 'running') {
    const state = items.find((item) => isWorking(item.status));
    const cancels = state ? cancelsOf({ state, begun }) : (['step', 'day'] as const);
    const possible = cancels
      .filter((after) => run.cancelAfter !== after)
      .map((after) => `cancel after ${after}` as const);
    if (run.pause) return run.pause.cause === 'stop everything' ? possible : ['resume', ...possible];
    return [...possible, run.cancelAfter ? 'resume' : 'pause'];
  }
  const waiting = items.find((item) => item.status === 'needs attention');
  if (run.status !== 'needs attention' || waiting?.status !== 'needs attention') return [];
  const mayGoOn = run.pause?.cause !== 'stop everything';
  return [
    ...(mayGoOn ? (['resume', 'retry'] as const) : []),
    ...(mayGoOn && mayRelabelOnly(waiting) ? (['relabel only'] as const) : []),
    ...(mayClose(waiting) ? (['close'] as const) : []),
  ];
}

function cancelsOf(at: OngoingDay): CancelPoint[] {
  const left = stopAfterStep(at);
  if (left === 'in place') return ['step', 'day'];
  const between: ItemStatus[] = ['deleting', 'waiting for mutation', 'deleted, not relabelled'];
  const mayStay = between.includes(at.state.status) && pathOf(at.state).includes('deleted, not relabelled');
  return ['day', ...(left ? (['step'] as const) : []), ...(mayStay ? (['delete'] as const) : [])];
}

const isDeleting = (status: ItemStatus) => status === 'deleting' || status === 'waiting for mutation';

/** The one right control for a day that waits for a person. */
export function remedyOf(state: WaitingUnit): Control {
  if (state.asked) return 'resume';
  if (state.remedy) return state.remedy;
  switch (state.labels) {
    case 'gone':
      return state.strategy === 'undo' ? 'retry' : 'relabel only';
    case 'half deleted':
      return state.strategy === 'undo' && !isDeleting(state.failedIn) ? 'retry' : 'resume';
    case 'written':
      return state.failedIn === 'verifying' ? 'relabel only' : 'retry';
    default:
      return 'retry';
  }
}
