import { dayName, instantIn } from '@/components/ui/format';
import type { RunSummary, Undone } from '@/lib/backfill/state/model';
import { percentOf } from '@/lib/backfill/state/progress-model';
import { statusOf } from './status';

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

/** What the tab of a run says first: "34 %", "verified", "undone". */
export function tabStateOf(run: RunSummary): string {
  if (run.undone) return undoneWord(run);
  const { word } = statusOf(run);
  return run.progress && word === 'running' ? `${percentOf(run.progress)} %` : word;
}
