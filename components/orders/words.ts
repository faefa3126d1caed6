import type { Tone } from '@/components/ui/tone';
import type { NightView, OrderStatus } from '@/lib/orders/model';

export const orderTones: Record<OrderStatus, Tone> = {
  counting: 'running',
  proposed: 'waiting',
  active: 'settling',
  stopped: 'attention',
  ended: 'neutral',
};

/** Green only where every customer of the night was verified by counting. */
export function nightTone({ status, verified, setAside }: NightView): Tone {
  if (setAside > 0) return 'attention';
  if (status === 'over') return verified > 0 ? 'verified' : 'neutral';
  return { waiting: 'waiting', 'under way': 'running', closing: 'running', missed: 'unknown' }[status] as Tone;
}
