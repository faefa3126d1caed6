import type { Tone } from '@/components/ui/tone';
import type { RunStatus, StepView } from '@/lib/backfill/state/model';
import { type ItemStatus, isWorking, type WorkStatus } from '@/lib/backfill/state/states';

export const runTones: Record<RunStatus, Tone> = {
  queued: 'waiting',
  running: 'running',
  'needs attention': 'attention',
  verified: 'verified',
  cancelled: 'unknown',
  closed: 'unknown',
};

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
