import { count, formatNumber } from '@/lib/words';
import type { RepairStrategy } from '../../state/name-model';
import type { Plan, PlanOffer } from '../../state/plan-model';

/** What decides: what is wrong, and what each strategy that is possible would delete. */
type Facts = { offers: readonly PlanOffer[]; orphans: number; labelRows: number };

/**
 * The strategy that repairs everything at the least risk, and why. No gap wherever it repairs the units completely;
 * replace where orphans must go, which no gap leaves; relabel only where the table needs nothing else.
 */
export function recommend({ offers, orphans, labelRows }: Facts): NonNullable<Plan['recommended']> {
  const possible = new Map(offers.filter((offer) => offer.possible).map((offer) => [offer.strategy, offer]));
  const relabelOnly = possible.get('relabel-only');
  if (relabelOnly)
    return {
      strategy: 'relabel-only',
      sentence:
        'Relabel only: the right row takes the wrong one’s place, so nothing is deleted and no label is missing.',
    };
  const [noGap, replace] = [possible.get('no-gap'), possible.get('replace')];
  if (replace && orphans > 0)
    return {
      strategy: 'replace',
      sentence: `Replace: ${count(orphans, 'orphan')} must go, and no gap would leave ${orphans === 1 ? 'it' : 'them'}. Labels are missing for about ${formatNumber(replace.gapSeconds)} s at a time.`,
    };
  if (noGap) return { strategy: 'no-gap', sentence: noGapSentence(noGap, labelRows) };
  const [first] = possible.values();
  const strategy: RepairStrategy = first?.strategy ?? 'replace';
  return { strategy, sentence: offers.find((offer) => offer.strategy === strategy)?.sentence ?? '' };
}

function noGapSentence({ rowsToDelete }: PlanOffer, labelRows: number): string {
  if (labelRows === 0) return 'No gap: there is no label row to delete, and missing labels are written.';
  if (!rowsToDelete) return 'No gap: nothing has to be deleted, and no label is missing meanwhile.';
  return `No gap: it deletes at most ${count(rowsToDelete, 'row')} instead of ${formatNumber(labelRows)}, and no label is missing meanwhile.`;
}
