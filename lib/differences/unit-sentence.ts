import { agree, count, formatNumber } from '@/lib/words';
import type { DifferenceSource, DifferenceSummary, UnitDifferences } from './model';
import type { UnitSet } from './sql/sets';

/** Whether the backup of a unit can still be compared with its labels; one without label rows before needs none. */
export const canCompare = ({ status, backupAttempt, dropped }: UnitSet): boolean =>
  backupAttempt === null ? status === 'verified' : !dropped;

/** Where the differences of a unit are read best: as stored where they are whole, else from the backup while it is kept. */
export function bestSource(set: UnitSet): DifferenceSource | null {
  const { state, summary, stored } = set;
  if (state === 'kept' && summary && (stored || summary.changed === 0)) return 'stored';
  return canCompare(set) ? 'backup' : null;
}

/** Why the stored differences of a unit are all there is, or are not; null where they are whole. */
export function unitSentence(set: UnitSet): string {
  const { state, summary, stored, status } = set;
  const backup = canCompare(set)
    ? ' Its backup can still be compared with the labels of now.'
    : ' Its backup is not kept any more either.';
  if (state === 'due') return `What it changed is being compared.${canCompare(set) ? backup : ''}`;
  if (state === 'not kept') return `What it changed was not kept. ${set.sentence ?? ''}${backup}`;
  if (state === null)
    return status === 'verified'
      ? `It was verified before the console kept what runs change.${backup}`
      : `It was not verified, so what it changed was not kept.${backup}`;
  if (!summary) return `What it changed was not kept.${backup}`;
  if (summary.changed === 0) return 'No conversation changed.';
  if (!stored)
    return summary.kept === 0
      ? `Only the numbers are kept.${backup}`
      : `The conversations were kept for a while, and only the numbers are kept now.${backup}`;
  return summary.kept < summary.changed
    ? `The first ${formatNumber(summary.kept)} of ${formatNumber(summary.changed)} are kept.${set.sentence ? ` ${set.sentence}` : ''}${canCompare(set) ? ' The backup has them all.' : ''}`
    : `All ${formatNumber(summary.changed)} are kept.`;
}

/** A unit in the list of a run. */
export const unitOfSet = (set: UnitSet): UnitDifferences => ({
  unit: set.unit,
  status: set.status,
  summary: set.summary,
  comparedAtMs: set.comparedAtMs,
  hasBackup: canCompare(set),
  sentence: unitSentence(set),
});

/** "1,204 label rows rewritten, 17 of 1,204 conversations changed, 1,187 are as before." */
export function comparedSentence(
  strategy: string,
  { rowsAfter, conversations, changed }: Pick<DifferenceSummary, 'rowsAfter' | 'conversations' | 'changed'>,
): string {
  const same = conversations - changed;
  return `${count(rowsAfter, 'label row')} ${strategy === 'undo' ? 'restored' : 'rewritten'}, ${formatNumber(changed)} of ${count(conversations, 'conversation')} changed, ${formatNumber(same)} ${agree(same, 'is', 'are')} as before.`;
}
