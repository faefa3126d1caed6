import type { Tone } from '@/components/ui/tone';
import type { RunStatus, StepView } from '@/lib/backfill/state/model';
import type { ItemStatus } from '@/lib/backfill/state/states';

export const runTones: Record<RunStatus, Tone> = {
  queued: 'waiting',
  running: 'running',
  'needs attention': 'attention',
  verified: 'verified',
  cancelled: 'unknown',
  closed: 'unknown',
};

export const itemTones: Record<ItemStatus, Tone> = {
  planned: 'waiting',
  checking: 'running',
  snapshot: 'running',
  'backing up': 'running',
  deleting: 'running',
  'waiting for mutation': 'running',
  'deleted, not relabelled': 'attention',
  relabelling: 'running',
  proving: 'running',
  restoring: 'running',
  verifying: 'running',
  verified: 'verified',
  'needs attention': 'attention',
  cancelled: 'unknown',
  skipped: 'neutral',
};

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
