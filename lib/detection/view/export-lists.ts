import { getCustomer } from '@/lib/customers/get-customer';
import { addDays } from '@/lib/days';
import { type Columns, exportRows } from '@/lib/export/export-rows';
import type { ExportFormat } from '@/lib/export/model';
import type { Db } from '@/lib/postgres/client';
import { bitsOf, type Flag, flagNames } from '../flags';
import type { DayResult } from '../model';
import { listDays } from './list-days';
import { overview } from './overview';
import { affectedDaysOf, type CustomerSummary, summariesOf } from './summary-model';

const time = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString());

const customerColumns: Columns<CustomerSummary> = {
  customer: (row) => row.customerId,
  name: (row) => row.displayName,
  newest_day: (row) => row.newestDay,
  days_affected: affectedDaysOf,
  conversations: (row) => row.conversations,
  affected: (row) => row.affected,
  stale: (row) => row.stale,
  duplicates: (row) => row.duplicates,
  missing: (row) => row.missing,
  orphans: (row) => row.orphans,
  settling: (row) => row.settling,
  at_least: (row) => (row.atLeast ? 'yes' : 'no'),
  counted: (row) => time(row.countedAtMs),
};

/** The customers of a search, most affected first, with the counts of the days that the list shows. */
export async function exportCustomers(
  { db }: { db: Db },
  { q, flags = [], format }: { q?: string; flags?: readonly Flag[]; format: ExportFormat },
): Promise<AsyncGenerator<string>> {
  const { data } = await overview({ db });
  const needle = (q ?? '').trim().toLowerCase();
  const bits = bitsOf(flags);
  const found = summariesOf(data ?? { isPart: false, customers: [], gone: [] }).filter(
    ({ customerId, displayName, flags: own }) =>
      `${customerId} ${displayName}`.toLowerCase().includes(needle) && (bits === 0 || (own & bits) !== 0),
  );
  return exportRows(format, customerColumns, once(found));
}

const dayColumns: Columns<DayResult> = {
  day: (row) => row.day,
  conversations: (row) => row.conversations,
  affected: (row) => row.affected,
  stale: (row) => row.stale,
  duplicates: (row) => row.duplicates,
  missing: (row) => row.missing,
  orphans: (row) => row.orphans,
  open: (row) => row.open,
  settling: (row) => row.settling,
  ...Object.fromEntries(flagNames.map((flag) => [`flag_${flag}`, (row: DayResult) => row.flags[flag]])),
  at_least: (row) => (row.atLeast ? 'yes' : 'no'),
  counted: (row) => time(row.asOfMs),
};

/** The days of a range of a customer as they were last counted. A day that was never counted is absent, and the end says so. */
export async function exportDays(
  ctx: { db: Db },
  of: { customerId: string; fromDay: string; toDay: string; show: 'affected' | 'all'; format: ExportFormat },
): Promise<AsyncGenerator<string>> {
  const { customerId, fromDay, toDay, show, format } = of;
  await getCustomer(ctx, customerId);
  const days = await listDays(ctx, { customerId, fromDay, toDay });
  const known = new Set(days.map(({ day }) => day));
  let unknown = 0;
  for (let day = fromDay; day < toDay; day = addDays(day, 1)) if (!known.has(day)) unknown += 1;
  const ending = () => (unknown === 0 ? null : `${unknown} days of the range were never counted`);
  return exportRows(format, dayColumns, once(show === 'all' ? days : days.filter(({ affected }) => affected > 0)), {
    ending,
  });
}

async function* once<Row>(rows: readonly Row[]) {
  yield rows;
}
