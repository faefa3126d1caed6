import { dayName } from '@/components/ui/format';
import type { RunSummary } from '@/lib/backfill/state/model';
import { type CustomerSummary, isAffected, stripOf } from '@/lib/detection/view/summary-model';

/** What is shown of each kind, however many match. */
const shownMost = 8;
const isoDay = /\b(\d{4}-\d{2}-\d{2})\b/;

/** The day that is written in the text as 2026-02-10. */
export const dayIn = (text: string): string | undefined => isoDay.exec(text)?.[1];

const wordsOf = (text: string): string[] =>
  text
    .toLowerCase()
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .filter(Boolean);

/** Whether each word of the text begins a word of what is searched. */
export function matches(text: string, searched: string): boolean {
  const all = wordsOf(searched);
  return wordsOf(text).every((word) => all.some((one) => one.startsWith(word)));
}

/** The first things that match. `searched` is read of no more of them than it takes. */
function first<T>(things: Iterable<T>, text: string, searched: (one: T) => string): T[] {
  const found: T[] = [];
  for (const one of things) {
    if (matches(text, searched(one))) found.push(one);
    if (found.length === shownMost) break;
  }
  return found;
}

const named = ({ customerId, displayName }: CustomerSummary) => `${customerId} ${displayName}`;

/** The customers that match, in their order; a day in the text belongs to each of them. */
export const findCustomers = (customers: readonly CustomerSummary[], text: string): CustomerSummary[] =>
  first(customers, text.replace(isoDay, ''), named);

/** The customers of which the text may ask to plan a backfill. */
export const findPlans = (customers: readonly CustomerSummary[], text: string): CustomerSummary[] =>
  first(customers, text.replace(isoDay, ''), (customer) => `plan a backfill of ${named(customer)}`);

export type FoundDay = { customer: CustomerSummary; day: string };

/** The day that the text names, of each customer that matches; else the affected days that match. */
export function findDays(customers: readonly CustomerSummary[], text: string): FoundDay[] {
  const day = dayIn(text);
  if (day) return findCustomers(customers, text).map((customer) => ({ customer, day }));
  return first(affectedDays(customers), text, ({ customer, day }) => `${named(customer)} day ${day} ${dayName(day)}`);
}

function* affectedDays(customers: readonly CustomerSummary[]): Generator<FoundDay> {
  for (const customer of customers)
    for (const { day, state } of stripOf(customer)) if (isAffected(state)) yield { customer, day };
}

export const findRuns = (runs: readonly RunSummary[], text: string): RunSummary[] =>
  first(runs, text, ({ id, customerId, fromDay, status }) => `run ${customerId} ${fromDay} ${status} ${id}`);
