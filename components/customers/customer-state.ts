import { shiftDay } from '@/lib/day-text';
import { certaintyOf } from '@/lib/detection/certainty-model';
import { affectedDaysOf, type CustomerSummary, daysIn, listedDays } from '@/lib/detection/view/summary-model';
import { count, formatNumber } from '@/lib/words';

/** When the newest day is older than this, the counts say nothing about the present. */
const oldDays = 35;

/** The listed days up to the newest day with data; `to` is exclusive. Null where there is no data. */
export function windowOf(customer: CustomerSummary): { from: string; to: string } | null {
  if (!customer.newestDay) return null;
  const to = shiftDay(customer.newestDay, 1);
  return { from: shiftDay(to, -listedDays), to };
}

/**
 * The state of a customer in a word. Only 'clear' means that nothing is wrong. `nowMs` is 0 until the browser knows it.
 */
export function customerState(
  customer: CustomerSummary,
  nowMs: number,
): { state: 'affected' | 'clear' | 'settling' | 'unknown'; word: string } {
  const { days, newestDay, atLeast, countedAtMs } = customer;
  if (days === '' || !newestDay) return { state: 'unknown', word: countedAtMs === null ? 'not scanned' : 'no data' };
  const affected = affectedDaysOf(customer);
  if (affected > 0) return { state: 'affected', word: `${count(affected, 'day')} affected` };
  const unscanned = daysIn(customer, ['unscanned']);
  const certainty = certaintyOf(customer, { atLeast, unscanned });
  if (certainty === 'not looked at')
    return { state: 'unknown', word: `${count(unscanned, 'day')} of ${listedDays} not scanned` };
  if (certainty === 'counted in part') return { state: 'unknown', word: 'counted in part' };
  if (certainty === 'settling') return { state: 'settling', word: `${formatNumber(customer.settling)} settling` };
  if (nowMs > 0 && newestDay < shiftDay(new Date(nowMs).toISOString().slice(0, 10), -oldDays))
    return { state: 'unknown', word: 'no recent data' };
  return { state: 'clear', word: 'none affected' };
}

/** Whether the first steps still are what a person needs: no customer, or the only one was not counted yet. */
export const needsFirstSteps = (customers: readonly CustomerSummary[]): boolean =>
  customers.length === 0 || (customers.length === 1 && customers[0]?.countedAtMs === null);
