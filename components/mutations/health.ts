import type { Tone } from '@/components/ui/tone';
import type { MutationHealth } from '@/lib/label-store/health-model';
import type { KillState } from '@/lib/mutations/kill-model';

export const healthTones: Record<MutationHealth, Tone> = {
  stuck: 'attention',
  failing: 'attention',
  running: 'running',
  waiting: 'waiting',
};

export const killTones: Record<KillState, Tone> = {
  testing: 'running',
  tested: 'waiting',
  killing: 'running',
  killed: 'verified',
  failed: 'attention',
};
