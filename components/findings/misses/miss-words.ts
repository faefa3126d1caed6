import type { Tone } from '@/components/ui/tone';
import type { MissState } from '@/lib/detection/changes/miss-model';

export const missTones: Record<MissState, Tone> = {
  open: 'attention',
  'clean since': 'verified',
  acknowledged: 'neutral',
  'not compared any more': 'unknown',
};
