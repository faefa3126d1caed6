import { agree, count, formatNumber } from '@/lib/words';
import type { Happening } from '../model';

/** A customer that nobody looked at for too long; `lookedAtMs` is null where nobody ever did. */
export type Overdue = { customerId: string; lookedAtMs: number | null };
/**
 * An open case with what is known now of its customers: the one, or all of them for the summary. Nobody has looked at
 * `unseen` of them since it opened, and the looks of `failing` of those fail.
 */
export type OpenCase = {
  caseKey: string;
  customerId: string | null;
  customers: number;
  unseen: number;
  failing: number;
};

/** Up to so many customers get a case each. Where more are overdue, one summary names them all. */
const fewMost = 5;
const namedMost = 10;
export const summaryKey = 'scan overdue';

type Told = Pick<Happening, 'caseKey' | 'customerId' | 'title' | 'lines' | 'path' | 'measure'>;
export type OverdueSteps = { announce: Told[]; resolve: { caseKey: string; sentence: string }[] };

/**
 * What to tell of overdue customers, given the cases that are open and how many customers there are. A summary stays until
 * nobody is overdue, so that catching up with many is one message and not one for each. After "stop everything" nobody is
 * overdue for a while, so a case stays as well until its customers were looked at; `isOff`: the schedule looks at nobody.
 */
export function overdueSteps(
  overdue: readonly Overdue[],
  open: readonly OpenCase[],
  { customers, isOff }: { customers: number; isOff: boolean },
): OverdueSteps {
  const late = new Set(overdue.map(({ customerId }) => customerId));
  const resolve = open.flatMap((one) => {
    const isLate = one.customerId === null ? overdue.length > 0 : late.has(one.customerId);
    const sentence = isLate ? null : overSentence(one, isOff);
    return sentence === null ? [] : [{ caseKey: one.caseKey, sentence }];
  });
  const isSummed = open.some(({ caseKey }) => caseKey === summaryKey);
  if (isSummed && overdue.length === 0) return { announce: [], resolve };
  if (!isSummed && overdue.length <= fewMost) return { announce: overdue.map(tellOne), resolve };
  return { announce: [summaryOf(overdue, customers)], resolve };
}

/** Why a case is over whose customers are not overdue; null where that is not known yet. */
function overSentence({ customerId, customers, unseen, failing }: OpenCase, isOff: boolean): string | null {
  if (customers === 0) return `${customerId ?? 'No customer'} is not watched any more.`;
  if (unseen === 0) return `${customerId ?? 'Every customer'} was looked at again.`;
  if (isOff) return 'The schedule is off, so no scan is overdue.';
  if (unseen > failing) return null;
  if (customerId !== null) return `Scans of ${customerId} fail, which is told in a case of its own.`;
  return `The others were looked at again. Scans of ${count(failing, 'customer')} fail, each told in a case of its own.`;
}

const where = 'The page of the schedule says what runs, and why something waits.';

const tellOne = ({ customerId, lookedAtMs }: Overdue): Told => ({
  caseKey: `${summaryKey} ${customerId}`,
  customerId,
  title: `The scan of ${customerId} is overdue.`,
  lines: [lookedAtMs === null ? 'It was never looked at.' : `It was last looked at on ${timeOf(lookedAtMs)}.`, where],
  path: '/schedule',
});

function summaryOf(overdue: readonly Overdue[], customers: number): Told {
  const named = overdue
    .slice(0, namedMost)
    .map(({ customerId, lookedAtMs }) => `${customerId} (${lookedAtMs === null ? 'never' : timeOf(lookedAtMs)})`);
  const more = overdue.length - named.length;
  return {
    caseKey: summaryKey,
    customerId: null,
    title: `${agree(overdue.length, 'The scan', 'The scans')} of ${count(overdue.length, 'customer')} ${agree(overdue.length, 'is', 'are')} overdue.`,
    lines: [
      `Last looked at, the longest ago first: ${named.join(', ')}${more > 0 ? ` and ${formatNumber(more)} more` : ''}.`,
      where,
    ],
    path: '/schedule',
    measure: { affected: overdue.length, share: overdue.length / Math.max(customers, overdue.length) },
  };
}

const timeOf = (ms: number) => `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
