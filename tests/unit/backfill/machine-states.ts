import { type ItemEvent, type ItemState, planned, skipped, type WaitingUnit } from '@/lib/backfill/state/machine';
import type { Strategy, WorkStatus } from '@/lib/backfill/state/name-model';
import type { LabelsAre } from '@/lib/backfill/state/states';
import { pathOf } from '@/lib/backfill/state/ways';

export const base = {
  strategy: 'replace' as Strategy,
  hasRows: true,
  attempt: 2,
  tries: 1,
  backupAttempt: 1,
  wrongRows: null,
  deletingRest: false,
  passingSinceMs: null,
};
export const working = (status: WorkStatus, more: Partial<typeof base> = {}): ItemState => ({
  ...base,
  ...more,
  status,
});
export const waiting = (failedIn: WorkStatus, labels: LabelsAre, more: Partial<typeof base> = {}): WaitingUnit => ({
  ...base,
  ...more,
  status: 'needs attention',
  failedIn,
  labels,
  sentence: 'It failed.',
  asked: false,
  remedy: null,
});

export const kinds = [
  'begin',
  'checked',
  'snapshot taken',
  'backed up',
  'delete seen',
  'rows gone',
  'relabel begun',
  'relabelled',
  'counted',
  'job died',
  'failed',
  'stop',
  'resume',
  'retry',
  'relabel only',
  'close',
  'hand to undo',
  'proved',
  'restored',
  'stop now',
  'park',
] as const satisfies ItemEvent['kind'][];
const list = { attempt: 2, rows: 17, hash: '1' };
export const event = (kind: ItemEvent['kind']): ItemEvent => {
  if (kind === 'proved') return { kind, list };
  if (kind === 'stop now') return { kind, sentence: 'So it is.', labels: 'half deleted' };
  return kind === 'job died' || kind === 'failed' || kind === 'stop' || kind === 'close' || kind === 'hand to undo'
    ? { kind, sentence: 'So it is.' }
    : { kind };
};

export const states: Record<string, ItemState> = {
  planned: planned('replace', 50),
  ...Object.fromEntries(pathOf(base).map((status) => [status, working(status)])),
  verified: { ...base, status: 'verified' },
  cancelled: { ...base, status: 'cancelled', sentence: 'So it is.' },
  skipped: skipped('replace', 50, 'Nothing is affected.'),
  'attention in place': waiting('checking', 'in place'),
  'attention half deleted': waiting('waiting for mutation', 'half deleted'),
  'attention gone': waiting('relabelling', 'gone'),
  'attention written': waiting('verifying', 'written'),
};
