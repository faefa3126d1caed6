import type { UnitChoice } from '@/lib/backfill/state/choice-model';
import type { RepairStrategy } from '@/lib/backfill/state/name-model';
import type { CampaignFilter } from '@/lib/campaigns/state/campaign-model';
import { addDays } from '@/lib/days';
import type { Flag } from '@/lib/detection/flags';
import { AppError } from '@/lib/errors';

export type FilterOptions = { allAffected?: boolean; customer?: string[]; flag?: Flag[] };
export type PlanOptions = FilterOptions & {
  day?: string;
  from?: string;
  to?: string;
  strategy?: RepairStrategy;
  units: UnitChoice;
  canary?: string;
  waves?: string;
  concurrency?: string;
  failureBudget?: string;
  growth?: string;
  hours?: string;
  timeZone: string;
  confirm?: string[];
  json?: boolean;
};

/** Throws AppError('invalid_input') for options that do not name exactly one filter, and for numbers that are none. */
export function requestOf(options: PlanOptions) {
  const { canary, strategy, units, waves, concurrency, failureBudget, growth, hours } = options;
  const [begin, end] = hours?.split('-') ?? [];
  return {
    filter: filterOf(options),
    ...rangeOf(options),
    strategy,
    units,
    canary,
    waves: waves?.split(',').map((size) => numberOf(size, '--waves')),
    concurrency: concurrency === undefined ? undefined : numberOf(concurrency, '--concurrency'),
    failureBudget: failureBudget === undefined ? undefined : numberOf(failureBudget, '--failure-budget'),
    growthPercent: growth === undefined ? undefined : numberOf(growth, '--growth'),
    confirmed: options.confirm?.flatMap((ids) => ids.split(',')),
    window: hours === undefined ? undefined : { from: begin ?? '', to: end ?? '', timeZone: options.timeZone },
  };
}

/** Throws AppError('invalid_input') for options that do not name exactly one filter. */
export function filterOf({ allAffected, customer, flag }: FilterOptions): CampaignFilter {
  const filters: CampaignFilter[] = [
    ...(allAffected ? [{ by: 'all affected' } as const] : []),
    ...(customer ? [{ by: 'name', customerIds: customer } as const] : []),
    ...(flag ? [{ by: 'flag', flags: flag } as const] : []),
  ];
  const [filter] = filters;
  if (filter && filters.length === 1) return filter;
  throw new AppError('invalid_input', 'Give one of --all-affected, --customer and --flag.');
}

function rangeOf({ day, from, to }: PlanOptions): { fromDay: string; toDay: string } {
  const first = day ?? from;
  if (first === undefined || (day !== undefined && (from ?? to) !== undefined))
    throw new AppError('invalid_input', 'Give either --day, or --from and --to.');
  if (!/^\d{4}-\d{2}-\d{2}$/.test(first))
    throw new AppError('invalid_input', `"${first.slice(0, 20)}" is not a day. Write it as YYYY-MM-DD.`);
  return { fromDay: first, toDay: to ?? addDays(first, 1) };
}

/** Throws AppError('invalid_input') for what is no whole number. */
export function numberOf(text: string, option: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0 && text.trim() !== '') return value;
  throw new AppError('invalid_input', `"${text.slice(0, 20)}" is no whole number for ${option}.`);
}
