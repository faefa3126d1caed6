import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Customer } from '@/lib/customers/model';
import { listScans } from '@/lib/detection/scan/list-scans';
import { workScans } from '@/lib/detection/scan/work-scans';
import { incidentDay } from '@/lib/embedded/demo/incident';
import { runCli } from '../../support/bundled';
import { type TestContext, testContext } from '../../support/context';
import { incidentOf } from '../../support/repair';

let ctx: TestContext;
let customer: Customer;
const stop = new AbortController();

beforeAll(async () => {
  ctx = await testContext({ process: 'worker' });
  await workScans(ctx, stop.signal);
  customer = await incidentOf(ctx, { conversations: 80 });
});
afterAll(async () => {
  stop.abort(new Error('the test is over'));
  await ctx.close();
});

const cli = (...args: string[]) => runCli(ctx.env, args);

test('scan --json prints one line with the counts of each day', async () => {
  const { code, out, errors } = await cli('scan', customer.id, '--from', '2026-02-09', '--to', '2026-02-12', '--json');
  expect([code, out.trimEnd().split('\n').length]).toEqual([0, 1]);
  expect(errors).toContain('scan:');
  const clean = {
    conversations: 0,
    affected: 0,
    stale: 0,
    duplicates: 0,
    missing: 0,
    orphans: 0,
    settling: 0,
    flags: { wrongAgent: 0, wrongUseCase: 0, wrongEndHour: 0, duplicate: 0, orphan: 0, missing: 0, wrongCustomer: 0 },
  };
  expect(JSON.parse(out)).toMatchObject({
    customerId: customer.id,
    fromDay: '2026-02-09',
    toDay: '2026-02-12',
    atLeast: false,
    rowsRead: expect.any(Number),
    days: [
      { day: '2026-02-09', ...clean },
      {
        day: incidentDay,
        ...clean,
        conversations: 80,
        affected: 17,
        stale: 17,
        flags: { ...clean.flags, wrongAgent: 17, wrongUseCase: 17, wrongEndHour: 17 },
      },
      { day: '2026-02-11', ...clean },
    ],
  });
});

test('without a range it is the newest day with data, said on stderr, and a table on stdout', async () => {
  const { code, out, errors } = await cli('scan', '--customer', customer.id);
  expect(code).toBe(0);
  expect(errors).toContain(`the newest day with data is ${incidentDay}.`);
  const [head, , row] = out.split('\n');
  expect(head).toMatch(/^Day +Conversations +Affected +Stale/);
  expect(out).toMatch(new RegExp(`^${incidentDay} +80 +17 +17 +0 +0 +0 +0 +0$`, 'm'));
  expect(row).toBeDefined();
});

test('--fail-if-affected ends with 5 on a day with stale labels and with 0 on a clean one', async () => {
  expect((await cli('scan', customer.id, '--day', incidentDay, '--fail-if-affected')).code).toBe(5);
  expect((await cli('scan', customer.id, '--day', '2026-02-09', '--fail-if-affected')).code).toBe(0);
});

test('a scan from the terminal is the one the pages show', async () => {
  const { out } = await cli('scan', customer.id, '--day', incidentDay, '--json');
  const scans = await listScans(ctx, { customerId: customer.id });
  expect(scans.map((scan) => scan.id)).toContain((JSON.parse(out) as { scanId: string }).scanId);
  expect(scans[0]).toMatchObject({ status: 'succeeded', cause: 'person' });
});

test.each([
  ['an empty range', ['--from', incidentDay, '--to', incidentDay], 'The range is empty'],
  ['a reversed range', ['--from', incidentDay, '--to', '2026-02-01'], 'The range is empty'],
  ['a --to alone', ['--to', incidentDay], 'Give --from as well as --to.'],
  ['a day and a range', ['--day', incidentDay, '--from', incidentDay], 'Give either --day, or --from and --to.'],
])('%s is refused with 2 and scans nothing', async (_, args, sentence) => {
  const before = (await listScans(ctx, { customerId: customer.id })).length;
  const { code, errors } = await cli('scan', customer.id, ...(args as string[]));
  expect(errors).toContain(sentence);
  expect(code).toBe(2);
  expect(await listScans(ctx, { customerId: customer.id })).toHaveLength(before);
});
