import type { CampaignFilter } from '@/lib/campaigns/state/campaign-model';
import { shiftDay } from '@/lib/day-text';
import type { Flag } from '@/lib/detection/flags';
import type { OrderTerms, ProposeOrder } from '@/lib/orders/model';

/** What the form of a new order holds. */
export type OrderDraft = {
  by: CampaignFilter['by'];
  customers: string[];
  flags: Flag[];
  rowsOfNight: number;
  rowsOfCustomer: number;
  daysBack: number;
  failureBudget: number;
  from: string;
  to: string;
  timeZone: string;
  untilDay: string;
  reason: string;
};

/** A draft of which nobody chose the time zone yet is in that of the browser, which the server does not know. */
export type UnplacedDraft = Omit<OrderDraft, 'timeZone'> & { timeZone: string | null };

/** Four weeks of small repairs at night. */
export const newDraft = (): UnplacedDraft => ({
  by: 'all affected',
  customers: [],
  flags: [],
  rowsOfNight: 50_000,
  rowsOfCustomer: 10_000,
  daysBack: 7,
  failureBudget: 0,
  from: '01:00',
  to: '05:00',
  timeZone: null,
  untilDay: shiftDay(new Date().toISOString().slice(0, 10), 28),
  reason: '',
});

/** The terms of another order, to be changed. Its end and the reason are written again. */
export const draftLike = ({ filter, window, untilDay: _, ...terms }: OrderTerms): OrderDraft => ({
  ...newDraft(),
  ...terms,
  ...window,
  by: filter.by,
  customers: filter.by === 'name' ? filter.customerIds : [],
  flags: filter.by === 'flag' ? filter.flags : [],
});

function filterOf({ by, customers, flags }: OrderDraft): CampaignFilter {
  if (by === 'name') return { by, customerIds: customers };
  return by === 'flag' ? { by, flags } : { by };
}

/**
 * What the form proposes, its terms without the reason, or what is wrong with it, by field. Without `check` it cannot be
 * proposed yet.
 */
export function requestOf(
  draft: OrderDraft,
  replaces: string | undefined,
  check: typeof import('./check').check | null,
): { request: ProposeOrder | null; terms: OrderTerms | null; faults: Record<string, string> } {
  const { by: _, customers: __, flags: ___, from, to, timeZone, ...rest } = draft;
  const asked = { ...rest, filter: filterOf(draft), window: { from, to, timeZone }, replaces };
  const checked = check?.(asked);
  const faults: Record<string, string> = {};
  if (draft.by === 'name' && draft.customers.length === 0) faults.filter = 'Choose at least one customer.';
  if (draft.by === 'flag' && draft.flags.length === 0) faults.filter = 'Choose at least one flag.';
  for (const { path, message } of checked?.faults ?? []) faults[String(path[0])] ??= message;
  // A reason that is not written yet is no mistake.
  if (draft.reason === '') delete faults.reason;
  const hasFault = Object.keys(faults).length > 0;
  return {
    request: checked && checked.faults.length === 0 && !hasFault ? asked : null,
    terms: hasFault ? null : (checked?.terms ?? null),
    faults,
  };
}
