import {
  parseAsArrayOf,
  parseAsBoolean,
  parseAsInteger,
  parseAsString,
  parseAsStringLiteral,
  type ValuesOf,
} from '@/components/ui/address-parsers';
import { unitChoices } from '@/lib/backfill/state/choice-model';
import { repairStrategies } from '@/lib/backfill/state/name-model';
import type { CampaignFilter, PlanCampaign } from '@/lib/campaigns/state/campaign-model';
import { shiftDay } from '@/lib/day-text';
import { bitsOf, type Flag, flagNames } from '@/lib/detection/flags';
import type { AffectedCustomer } from '@/lib/detection/view/summary-model';

export const filterChoices = ['all affected', 'name', 'flag'] as const satisfies CampaignFilter['by'][];

/** The form of a new campaign is in the address. `to` is exclusive; without a range, the affected days choose it. */
export const campaignParams = {
  by: parseAsStringLiteral(filterChoices).withDefault('all affected'),
  customers: parseAsArrayOf(parseAsString).withDefault([]),
  flags: parseAsArrayOf(parseAsStringLiteral(flagNames)).withDefault([]),
  from: parseAsString,
  to: parseAsString,
  strategy: parseAsStringLiteral(repairStrategies),
  units: parseAsStringLiteral(unitChoices).withDefault('joined'),
  canary: parseAsString,
  waves: parseAsString.withDefault('5, 20'),
  concurrency: parseAsInteger.withDefault(4),
  budget: parseAsInteger.withDefault(0),
  growth: parseAsInteger.withDefault(20),
  hours: parseAsBoolean.withDefault(false),
  begin: parseAsString.withDefault('22:00'),
  end: parseAsString.withDefault('06:00'),
  zone: parseAsString.withDefault('UTC'),
};
export type CampaignParams = ValuesOf<typeof campaignParams>;

export type Range = { fromDay: string; toDay: string };

function filterOf({ by, customers, flags }: CampaignParams): CampaignFilter {
  if (by === 'name') return { by, customerIds: customers };
  return by === 'flag' ? { by, flags } : { by };
}

/** What the form asks for, or what is wrong with it, by field. Without `faultsOf` it cannot be asked yet. */
export function requestOf(
  params: CampaignParams,
  range: Range,
  faultsOf: typeof import('./check').faultsOf | null,
): { request: PlanCampaign | null; faults: Record<string, string> } {
  const asked = {
    filter: filterOf(params),
    ...range,
    strategy: params.strategy ?? undefined,
    units: params.units,
    canary: params.canary ?? undefined,
    waves: params.waves.split(',').map(Number),
    concurrency: params.concurrency,
    failureBudget: params.budget,
    growthPercent: params.growth,
    window: params.hours ? { from: params.begin, to: params.end, timeZone: params.zone } : undefined,
  };
  const faults: Record<string, string> = {};
  if (params.by === 'name' && params.customers.length === 0) faults.filter = 'Choose at least one customer.';
  if (params.by === 'flag' && params.flags.length === 0) faults.filter = 'Choose at least one flag.';
  if (!(range.fromDay < range.toDay)) faults.range = 'The last day must not be before the first one.';
  if (!asked.waves.every((size) => Number.isInteger(size) && size > 0))
    faults.waves = 'Write whole numbers with commas, such as 5, 20.';
  for (const { path, message } of faultsOf?.(asked) ?? []) faults[String(path[0])] ??= message;
  return { request: faultsOf && Object.keys(faults).length === 0 ? asked : null, faults };
}

const affectedDays = (customer: AffectedCustomer, { fromDay, toDay }: Range) =>
  customer.days.filter(({ day }) => day >= fromDay && day < toDay);

const always: Range = { fromDay: '', toDay: '~' };

const hasFlag = (customer: AffectedCustomer, flags: readonly Flag[], range: Range) =>
  affectedDays(customer, range).some((day) => (day.flags & bitsOf(flags)) !== 0);

/** The customers that match as they were last counted; those that are named match in any case. */
export function matchingOf(
  customers: AffectedCustomer[],
  { by, customers: named, flags }: CampaignParams,
  range: Range = always,
): AffectedCustomer[] {
  if (by === 'name') return customers.filter(({ customerId }) => named.includes(customerId));
  if (by === 'flag') return customers.filter((customer) => hasFlag(customer, flags, range));
  return customers.filter((customer) => affectedDays(customer, range).length > 0);
}

/** What the matching customers came to when they were last counted. */
export function lastCounted(customers: AffectedCustomer[], range: Range): { days: number; conversations: number } {
  const days = customers.flatMap((customer) => affectedDays(customer, range));
  return { days: days.length, conversations: days.reduce((total, { affected }) => total + affected, 0) };
}

/**
 * The range of the form: as it is in the address, else from the first to the last affected day of those that match, or
 * of all where none matches yet.
 */
export function rangeOf(customers: AffectedCustomer[], params: CampaignParams, today: string): Range {
  const matching = matchingOf(customers, params);
  const daysOf = (some: AffectedCustomer[]) =>
    some
      .flatMap((customer) => affectedDays(customer, always))
      .map(({ day }) => day)
      .sort();
  const found = daysOf(matching);
  const days = found.length > 0 ? found : daysOf(customers);
  const newest =
    customers
      .flatMap(({ newestDay }) => newestDay ?? [])
      .sort()
      .at(-1) ?? today;
  const first = days[0] ?? shiftDay(newest, -29);
  const last = days.at(-1) ?? newest;
  return { fromDay: params.from ?? first, toDay: params.to ?? shiftDay(last, 1) };
}
