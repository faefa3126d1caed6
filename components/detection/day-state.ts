import type { Tone } from '@/components/ui/tone';
import type { DayResult } from '@/lib/detection/model';
import type { DayState } from '@/lib/detection/view/summary-model';
import { count, formatNumber } from '@/lib/words';

/** The state of a day by its counts. `letterOfDay` of `lib/detection/view/sql.ts` says the same to Postgres. */
export function dayState(day: DayResult | undefined): DayState {
  if (!day) return 'unscanned';
  if (day.stale > 0) return 'stale';
  if (day.missing > 0 || day.orphans > 0) return 'attention';
  if (day.duplicates > 0) return 'duplicate';
  if (day.atLeast) return 'limited';
  if (day.settling > 0) return 'settling';
  return day.conversations === 0 ? 'empty' : 'clean';
}

export const dayStates: Record<DayState, { word: string; fill: string; tone: Tone }> = {
  unscanned: { word: 'not scanned', fill: 'hatched', tone: 'unknown' },
  limited: { word: 'counted in part', fill: 'crossed', tone: 'unknown' },
  empty: { word: 'no conversations', fill: 'bg-raised', tone: 'neutral' },
  stale: { word: 'stale', fill: 'bg-stale-solid', tone: 'stale' },
  duplicate: { word: 'duplicates', fill: 'bg-duplicate-solid', tone: 'duplicate' },
  attention: { word: 'missing or orphans', fill: 'bg-attention-solid', tone: 'attention' },
  settling: { word: 'settling', fill: 'dotted', tone: 'settling' },
  clean: { word: 'counted, none affected', fill: 'bg-verified-solid/55', tone: 'verified' },
};

/** "1,204 conversations, 17 stale, 2 missing", for titles and screen readers. */
export function daySummary(day: DayResult | undefined): string {
  if (!day) return 'not scanned';
  const parts = [count(day.conversations, 'conversation')];
  if (day.stale) parts.push(`${formatNumber(day.stale)} stale`);
  if (day.duplicates) parts.push(count(day.duplicates, 'duplicate'));
  if (day.missing) parts.push(`${formatNumber(day.missing)} missing`);
  if (day.orphans) parts.push(count(day.orphans, 'orphan'));
  if (day.settling) parts.push(`${formatNumber(day.settling)} settling`);
  if (day.open) parts.push(`${formatNumber(day.open)} open`);
  if (parts.length === 1 && day.conversations > 0 && !day.atLeast) parts.push('none affected');
  return `${day.atLeast ? 'at least ' : ''}${parts.join(', ')}`;
}
