import type { Tone } from '@/components/ui/tone';
import type { RunStatus, RunSummary, StepView } from '@/lib/backfill/state/model';
import { type ItemStatus, isWorking, type WorkStatus } from '@/lib/backfill/state/name-model';

export const runTones: Record<RunStatus, Tone> = {
  queued: 'waiting',
  running: 'running',
  'needs attention': 'attention',
  verified: 'verified',
  cancelled: 'unknown',
  closed: 'unknown',
};

/** The word and the tone of a run: "paused" and "held" come before its status while it is active. */
export function statusOf({ status, pause }: Pick<RunSummary, 'status' | 'pause'>): { word: string; tone: Tone } {
  if (pause === null || (status !== 'queued' && status !== 'running')) return { word: status, tone: runTones[status] };
  if (pause.cause === 'stop everything') return { word: 'stopped', tone: 'attention' };
  return { word: pause.cause === 'hold' ? 'held' : 'paused', tone: 'waiting' };
}

const itemTones: Record<Exclude<ItemStatus, WorkStatus>, Tone> = {
  planned: 'waiting',
  verified: 'verified',
  'needs attention': 'attention',
  cancelled: 'unknown',
  skipped: 'neutral',
};

/** A day that is worked on is loud only while its labels are gone and nothing writes them yet. */
export function itemTone(status: ItemStatus): Tone {
  if (!isWorking(status)) return itemTones[status];
  return status === 'deleted, not relabelled' ? 'attention' : 'running';
}

export const stepTones: Record<StepView['status'], Tone> = {
  waiting: 'waiting',
  running: 'running',
  done: 'verified',
  failed: 'attention',
  stopped: 'attention',
  skipped: 'neutral',
};

export const isOver = (status: RunStatus): boolean =>
  status === 'verified' || status === 'cancelled' || status === 'closed';
