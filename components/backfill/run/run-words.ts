import { dayName, instantIn } from '@/components/ui/format';
import type { RunSummary, Undone } from '@/lib/backfill/state/model';

export const runTitle = ({ strategy }: Pick<RunSummary, 'strategy'>): string =>
  strategy === 'undo' ? 'Undo of a backfill' : 'Backfill';

/** "undone", or "undone in part" if some of its days are still repaired. */
export const undoneWord = ({ undone, unitsVerified }: Pick<RunSummary, 'undone' | 'unitsVerified'>): string =>
  undone && undone.units < unitsVerified ? 'undone in part' : 'undone';

/** "Undone on Sun 29 Nov 2026 by run 2efb…: 6 of its days are as they were before it." */
export function undoneSentence({ runId, atMs, units: days }: Undone, timeZone: string): string {
  const on = dayName(instantIn(atMs, timeZone).day);
  const which = days === 1 ? '1 of its days is as it was' : `${days} of its days are as they were`;
  return `Undone on ${on} by run ${runId.slice(0, 8)}: ${which} before it.`;
}
