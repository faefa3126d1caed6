import type { EvidenceRow } from '@/lib/detection/model';

const hourMs = 3_600_000;

export type Cell = 'agent' | 'useCase' | 'start' | 'end' | 'customer';

/**
 * Which cells of a label row differ from the truth. Ends are compared by the hour, since the label key holds the hour.
 */
export function differing(truth: EvidenceRow | null, label: EvidenceRow): Set<Cell> {
  const cells = new Set<Cell>();
  if (!truth) return cells;
  if (truth.agent !== label.agent) cells.add('agent');
  if (truth.useCase !== label.useCase) cells.add('useCase');
  if (truth.startAtMs !== label.startAtMs) cells.add('start');
  if (Math.floor(truth.endAtMs / hourMs) !== Math.floor(label.endAtMs / hourMs)) cells.add('end');
  if (truth.customerId !== label.customerId || truth.profileId !== label.profileId) cells.add('customer');
  return cells;
}
