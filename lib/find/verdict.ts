import { shiftDay } from '@/lib/day-text';
import { dayCount } from '@/lib/days';
import { certaintyOf } from '@/lib/detection/certainty-model';
import type { DayResult } from '@/lib/detection/model';
import { sumCounts } from '@/lib/detection/sum-model';
import { agree, count, formatNumber, longDay } from '@/lib/words';
import type { Found } from './model';
import type { Days } from './read/calendar';

/** "10 Feb 2026", "10 Feb 2026 – 12 Feb 2026". */
export const daysInWords = ({ from, to }: Days): string => {
  const last = shiftDay(to, -1);
  return last === from ? longDay(from) : `${longDay(from)} – ${longDay(last)}`;
};

/**
 * What the newest scans prove of some days, and no more: right only where every conversation was counted. `agents` and
 * `useCases` are those that a ticket names.
 */
export function verdictOf(
  days: readonly DayResult[],
  { range, today, agents }: { range: Days; today: string; agents: readonly string[] },
): NonNullable<Found['verdict']> {
  const where =
    range.to === shiftDay(range.from, 1)
      ? `on ${longDay(range.from)}`
      : `between ${longDay(range.from)} and ${longDay(shiftDay(range.to, -1))}`;
  const all = dayCount(range.from, range.to);
  const unscanned = all - days.length;
  if (range.from > today)
    return { tone: 'unknown', sentence: `Not looked at: ${longDay(range.from)} is in the future.` };
  if (days.length === 0)
    return { tone: 'unknown', sentence: `Not looked at: no scan has counted the labels ${where}.` };
  const counts = sumCounts(days);
  const atLeast = days.some((day) => day.atLeast);
  const rest = `${unscanned > 0 ? ` ${count(unscanned, 'day was', 'days were')} not looked at.` : ''}`;
  const counted = ` Counted ${utcText(Math.min(...days.map(({ asOfMs }) => asOfMs)))}.`;
  switch (certaintyOf(counts, { atLeast, unscanned })) {
    case 'affected':
      return {
        tone: 'wrong',
        sentence: `${atLeast ? 'At least ' : ''}${formatNumber(counts.affected)} of ${count(counts.conversations, 'conversation')} ${agree(counts.affected, 'has', 'have')} wrong labels ${where}.${ofAgents(days, agents)}${rest}${counted}`,
      };
    case 'not looked at':
      return {
        tone: 'unknown',
        sentence: `Not looked at: ${count(unscanned, 'day')} of ${all} ${where}. No label is wrong on the others.${counted}`,
      };
    case 'counted in part':
      return {
        tone: 'unknown',
        sentence: `No wrong label was seen ${where}, but the scan did not count everything.${counted}`,
      };
    case 'settling':
      return {
        tone: 'unknown',
        sentence: `${count(counts.settling, 'conversation')} ${where} cannot be judged yet. No other label is wrong.${counted}`,
      };
    case 'no conversations':
      return { tone: 'unknown', sentence: `There were no conversations ${where}.${counted}` };
    case 'counted':
      return {
        tone: 'right',
        sentence: `All ${count(counts.conversations - counts.open, counts.open > 0 ? 'closed conversation' : 'conversation')} ${where} were counted; no label is wrong.${counted}`,
      };
  }
}

/** How many wrong ones concern each agent, where the scan counted that agent. */
function ofAgents(days: readonly DayResult[], agents: readonly string[]): string {
  return agents
    .slice(0, 3)
    .map((agent) => {
      const own = days.flatMap(({ byAgent }) => byAgent.filter(({ key }) => key === agent));
      const affected = own.reduce((sum, one) => sum + one.affected, 0);
      return affected > 0
        ? ` ${formatNumber(affected)} of them ${agree(affected, 'concerns', 'concern')} ${agent}.`
        : '';
    })
    .join('');
}

const utcText = (ms: number): string =>
  `${longDay(new Date(ms).toISOString().slice(0, 10))} ${new Date(ms).toISOString().slice(11, 16)} UTC`;
