import type { Tone } from '@/components/ui/tone';
import type { RecentScan, ScheduledCustomer } from '@/lib/detection/schedule/view-model';

export const stands: Record<ScheduledCustomer['stand'], { word: string; tone: Tone }> = {
  scanned: { word: 'scanned now', tone: 'running' },
  'looked at': { word: 'looked at now', tone: 'running' },
  waits: { word: 'waits', tone: 'waiting' },
  due: { word: 'due', tone: 'waiting' },
  'back-off': { word: 'cannot be read', tone: 'attention' },
  later: { word: 'later', tone: 'neutral' },
  'never again': { word: 'scanned once', tone: 'neutral' },
};

export const scanStates: Record<RecentScan['status'], { word: string; tone: Tone }> = {
  queued: { word: 'queued', tone: 'waiting' },
  running: { word: 'running', tone: 'running' },
  succeeded: { word: 'succeeded', tone: 'verified' },
  failed: { word: 'failed', tone: 'attention' },
  cancelled: { word: 'cancelled', tone: 'unknown' },
};

export const lookedWords: Record<NonNullable<ScheduledCustomer['looked']>, string> = {
  full: 'full scan',
  changes: 'scan of changes',
  'nothing changed': 'nothing changed',
};

/** "0.4 s", "212 s": seconds of statements, as the budget counts them. */
export const engineSeconds = (ms: number): string =>
  ms === 0 ? '0 s' : ms < 9_950 ? `${(ms / 1_000).toFixed(1)} s` : `${Math.round(ms / 1_000).toLocaleString('en')} s`;
