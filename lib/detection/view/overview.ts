import { getCustomer } from '@/lib/customers/get-customer';
import { listCustomers } from '@/lib/customers/list-customers';
import type { Customer } from '@/lib/customers/model';
import type { Db } from '@/lib/postgres/client';
import { type CustomerOverview, sumCounts } from '../model';
import { selectOverviewDays } from '../scan/sql/scan-results';
import { selectLastScans } from '../scan/sql/scans';

const overviewDays = 30;

/** Every customer, only from stored results. The most affected one is first; equal ones are in order of their names. */
export async function overview({ db }: { db: Db }): Promise<CustomerOverview[]> {
  const rows = await read(db, await listCustomers({ db }), null);
  return rows.sort((a, b) => b.totals.affected - a.totals.affected || a.displayName.localeCompare(b.displayName));
}

/** One customer as `overview` has it. Throws AppError('not_found'). */
export async function readOverview({ db }: { db: Db }, customerId: string): Promise<CustomerOverview> {
  const [found] = await read(db, [await getCustomer({ db }, customerId)], customerId);
  return found as CustomerOverview;
}

async function read(db: Db, customers: Customer[], customerId: string | null): Promise<CustomerOverview[]> {
  const [days, scans] = await Promise.all([
    db.query(selectOverviewDays, { customerId, days: overviewDays }),
    db.query(selectLastScans, { customerId }),
  ]);
  return customers.map((customer) => {
    const own = days.filter((row) => row.customerId === customer.id).map((row) => row.day);
    return {
      customerId: customer.id,
      displayName: customer.displayName,
      timeZone: customer.timeZone,
      newestDay: own.at(-1)?.day ?? null,
      days: own,
      totals: sumCounts(own),
      countedAtMs: own.length === 0 ? null : Math.max(...own.map((day) => day.asOfMs)),
      lastScan: scans.find((scan) => scan.customerId === customer.id) ?? null,
    };
  });
}
