import { afterAll, beforeAll } from 'vitest';
import type { ClickHouse } from '@/lib/clickhouse/client';
import { addCustomer } from '@/lib/customers/add-customer';
import type { Customer } from '@/lib/customers/model';
import { daysBetween } from '@/lib/days';
import type { Scan } from '@/lib/detection/model';
import { getScan } from '@/lib/detection/scan/get-scan';
import { requestScanFor } from '@/lib/detection/scan/request-scan';
import { runScan } from '@/lib/detection/scan/run-scan';
import { type TestContext, testContext } from '@/tests/support/context';
import { freshDatabase } from '@/tests/support/fresh';
import type { Row } from '../oracle';
import { writeRows } from '../tables';

/** One customer of ten days with a right label each, whose scans a test runs by itself. */
export const actor = { name: 'tests', role: 'operator', via: 'cli', requestId: 'tests' } as const;
export const range = { fromDay: '2026-02-01', toDay: '2026-02-11' };
export const never = new AbortController().signal;
export const clock = { nowMs: Date.UTC(2026, 1, 20, 12) };

export let ctx: TestContext;
export let customer: Customer;

/** Makes the customer before the tests of a file, and its rows. */
export function watchOneCustomer(): void {
  beforeAll(async () => {
    ctx = await testContext({ clock: { now: () => clock.nowMs } });
    const database = await freshDatabase();
    customer = { id: 'acme', displayName: 'Acme', profiles: ['p1'], database, timeZone: 'UTC' };
    await addCustomer(ctx, customer, actor);
    await writeFirstRows();
  });
  afterAll(() => ctx.close());
}

export const writeFirstRows = () =>
  writeBoth(...daysBetween(range.fromDay, range.toDay).map((day) => rowOf(day, `first of ${day}`)));

export function rowOf(day: string, id: string, more: Partial<Row> = {}): Row {
  const startMs = Date.parse(`${day}T10:00:00Z`);
  const who = { customer: 'acme', profile: 'p1', agent: 'ann', useCase: 'sales' };
  return { ...who, id, startMs, endMs: startMs + 60_000, versionMs: startMs + 120_000, ...more };
}

export const write = (side: 'truth' | 'labels', ...rows: Row[]) => writeRows(ctx.admin, customer.database, side, rows);

export async function writeBoth(...rows: Row[]): Promise<void> {
  for (const side of ['truth', 'labels'] as const) await write(side, ...rows);
}

/** A scan of all days from its request to its end, with parts of the context in place of the tests' own. */
export async function scan(
  instead: Partial<TestContext> = {},
  { cause = 'schedule', signal = never }: { cause?: Exclude<Scan['cause'], 'person'>; signal?: AbortSignal } = {},
): Promise<Scan> {
  const { scanId } = await requestScanFor(ctx, { customerId: 'acme', ...range, cause, requestedBy: 'tests' });
  await runScan({ ...ctx, ...instead }, scanId, signal);
  return getScan(ctx, scanId);
}

/** The reader, on which something happens before each statement of a name. */
export function asking(name: string, happens: () => unknown): ClickHouse {
  const read: ClickHouse['read'] = async (statement, args) => {
    if (statement.name === name) await happens();
    return ctx.clickhouse.read(statement, args);
  };
  return Object.create(ctx.clickhouse, { read: { value: read } });
}
