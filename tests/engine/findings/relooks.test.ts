import { afterAll, beforeAll, expect, it } from 'vitest';
import { addCustomer } from '@/lib/customers/add-customer';
import { type Customer, scopeOf } from '@/lib/customers/model';
import { getScan } from '@/lib/detection/scan/get-scan';
import { requestScanFor } from '@/lib/detection/scan/request-scan';
import { runScan } from '@/lib/detection/scan/run-scan';
import { getFinding } from '@/lib/findings/get-finding';
import { relookAfter, relookMs } from '@/lib/findings/history/model';
import { listFindings } from '@/lib/findings/list-findings';
import { recordRepair } from '@/lib/findings/record-repair';
import { requestRelooks } from '@/lib/findings/work-relooks';
import { type TestContext, testContext } from '@/tests/support/context';
import { freshDatabase } from '@/tests/support/fresh';
import { operator } from '@/tests/support/repair';
import { writeRows } from '../detection/tables';

const never = new AbortController().signal;
const [day, nextDay] = ['2026-02-10', '2026-02-11'] as const;
const repairedAtMs = Date.parse('2026-02-12T09:00:00Z');
const clock = { nowMs: repairedAtMs - 3_600_000 };
let ctx: TestContext;
let customer: Customer;
beforeAll(async () => {
  ctx = await testContext({ clock: { now: () => clock.nowMs } });
  customer = { id: 'acme', displayName: 'Acme', profiles: ['p1'], timeZone: 'UTC', database: await freshDatabase() };
  await addCustomer(ctx, customer, operator);
});
afterAll(() => ctx.close());

/** A version of the day's only conversation, as the truth or its label names the agent. */
function write(side: 'truth' | 'labels', agent: string, versionMs: number) {
  const startMs = Date.parse(`${day}T10:00:00Z`);
  const row = { customer: 'acme', profile: 'p1', agent, useCase: 'sales', id: 'one', startMs, endMs: startMs + 60_000 };
  return writeRows(ctx.admin, customer.database, side, [{ ...row, versionMs }]);
}

it('a repaired day is looked at again at 15 minutes, 1 hour, 1 day and 7 days, and then no more', async () => {
  const versionMs = Date.parse(`${day}T11:00:00Z`);
  await write('truth', 'ann', versionMs);
  await write('labels', 'bob', versionMs);
  const scanned = {
    customerId: 'acme',
    fromDay: day,
    toDay: nextDay,
    cause: 'schedule',
    requestedBy: 'tests',
  } as const;
  await runScan(ctx, (await requestScanFor(ctx, scanned)).scanId, never);
  const findingId = (await listFindings(ctx)).rows[0]?.id ?? '';
  await ctx.admin.client.command({ query: `TRUNCATE TABLE ${customer.database}.conversation_with_labels` });
  await write('labels', 'ann', versionMs);
  clock.nowMs = repairedAtMs;
  const runId = '22222222-2222-4222-8222-222222222222';
  const scope = scopeOf(customer, day, nextDay);
  await ctx.db.transaction((tx) =>
    recordRepair(tx, { runId, customerId: 'acme', scope, verified: true, atMs: repairedAtMs }),
  );

  for (const [at, after] of relookAfter.entries()) {
    clock.nowMs = repairedAtMs + relookMs[after] - 1;
    expect(await requestRelooks(ctx), `before ${after} nothing is due`).toEqual([]);
    // In the week before the last look a cron labels the conversation as it was before.
    if (after === '7 days') await write('labels', 'bob', versionMs + 1);
    clock.nowMs += 1;
    const [scanId = '', ...others] = await requestRelooks(ctx);
    expect(others, 'one scan').toEqual([]);
    await runScan(ctx, scanId, never);
    expect(await getScan(ctx, scanId)).toMatchObject({ cause: 'after repair', status: 'succeeded', fromDay: day });
    const { relooks } = await getFinding(ctx, { findingId });
    expect(relooks[at]).toMatchObject({ after, scanId, doneAtMs: clock.nowMs, found: at < 3 ? 'clean' : 'wrong' });
    expect(relooks.slice(at + 1).every(({ found }) => found === null)).toBe(true);
  }
  expect(await getFinding(ctx, { findingId })).toMatchObject({ state: 'fallen back', timesFallenBack: 1 });
  for (const days of [1, 8, 400]) {
    clock.nowMs = repairedAtMs + relookMs['7 days'] + days * 86_400_000;
    expect(await requestRelooks(ctx), 'the watching is over').toEqual([]);
  }
});
