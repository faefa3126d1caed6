import { certaintyOf } from '@/components/detection/certainty';
import { eachDay } from '@/components/ui/format';
import { shiftDay } from '@/lib/day-text';
import type { CustomerOverview } from '@/lib/detection/model';
import { count, formatNumber } from '@/lib/words';

const windowDays = 30;
/** When the newest day is older than this, the counts say nothing about the present. */
const oldDays = 35;

/** The 30 days up to the newest day with data; `to` is exclusive. Null where there is no data. */
export function windowOf(customer: CustomerOverview): { from: string; to: string } | null {
  if (!customer.newestDay) return null;
  const to = shiftDay(customer.newestDay, 1);
  return { from: shiftDay(to, -windowDays), to };
}

/**
 * The state of a customer in a word. Only 'clear' means that nothing is wrong. `nowMs` is 0 until the browser knows it.
 */
export function customerState(
  customer: CustomerOverview,
  nowMs: number,
): { state: 'affected' | 'clear' | 'settling' | 'unknown'; word: string } {
  const { days, totals, newestDay } = customer;
  const range = windowOf(customer);
  if (days.length === 0 || !range || !newestDay) return { state: 'unknown', word: 'not scanned' };
  const affected = days.filter((day) => day.affected > 0).length;
  if (affected > 0) return { state: 'affected', word: `${count(affected, 'day')} affected` };
  const unscanned = eachDay(range.from, range.to).length - days.length;
  const certainty = certaintyOf(totals, { atLeast: days.some((day) => day.atLeast), unscanned });
  if (certainty === 'not looked at')
    return { state: 'unknown', word: `${count(unscanned, 'day')} of ${windowDays} not scanned` };
  if (certainty === 'counted in part') return { state: 'unknown', word: 'counted in part' };
  if (certainty === 'settling') return { state: 'settling', word: `${formatNumber(totals.settling)} settling` };
  if (nowMs > 0 && newestDay < shiftDay(new Date(nowMs).toISOString().slice(0, 10), -oldDays))
    return { state: 'unknown', word: 'no recent data' };
  return { state: 'clear', word: 'none affected' };
}
