import { count, formatNumber, listed, longDay } from '@/lib/words';
import type { OrderPreview, OrderTerms } from './model';

type Filter = OrderTerms['filter'];

export function customersInWords(filter: Filter): string {
  if (filter.by === 'all affected') return 'all customers with affected days';
  if (filter.by === 'name')
    return `${filter.customerIds.length === 1 ? 'the customer' : 'the customers'} ${listed(filter.customerIds, 5)}`;
  return `customers with the flag ${filter.flags.join(' or ')}`;
}

/** The terms of an order as one sentence. */
export function orderInWords({ filter, window, daysBack, rowsOfCustomer, rowsOfNight, untilDay }: OrderTerms): string {
  const hours = `between ${window.from} and ${window.to} (${window.timeZone})`;
  const days = daysBack === 1 ? 'the last settled day' : `the last ${daysBack} settled days`;
  return `Every night ${hours} up to that of ${longDay(untilDay)}, it repairs ${days} of ${customersInWords(filter)} without a gap, and deletes at most ${count(rowsOfCustomer, 'label row')} of a customer and ${formatNumber(rowsOfNight)} in a night.`;
}

/** A night's window in words: "between 01:00 and 05:00 (UTC)". */
export const windowInWords = ({ window }: Pick<OrderTerms, 'window'>): string =>
  `between ${window.from} and ${window.to} (${window.timeZone})`;

/** What a preview comes to: the customers that would be repaired, and their rows and conversations. */
export function sumsOfPreview({ customers }: OrderPreview) {
  const repaired = customers.filter(({ leftOut }) => leftOut === null);
  const sum = (key: 'rows' | 'conversations') => repaired.reduce((all, one) => all + one[key], 0);
  return {
    repaired: repaired.length,
    leftOut: customers.length - repaired.length,
    rows: sum('rows'),
    conversations: sum('conversations'),
  };
}

/** What an order would have done last night, in one sentence with its numbers. */
export function previewInWords(preview: OrderPreview): string {
  const { repaired, leftOut, rows, conversations } = sumsOfPreview(preview);
  const rest = leftOut > 0 ? ` ${count(leftOut, 'customer')} would have been left out.` : '';
  if (repaired === 0) return `It would have repaired nothing.${rest}`;
  return `It would have mended ${count(conversations, 'conversation')} of ${count(repaired, 'customer')} and deleted ${count(rows, 'label row')}.${rest}`;
}
