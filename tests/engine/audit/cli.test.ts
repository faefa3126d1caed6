import { afterAll, beforeAll, expect, it } from 'vitest';
import { recordAudit } from '@/lib/audit/record-audit';
import type { Actor } from '@/lib/auth/model';
import { connectPostgres } from '@/lib/postgres/client';
import { runCli } from '@/tests/support/bundled';
import { type TestContext, testContext } from '@/tests/support/context';
import { ownerUrlOf, testLog } from '@/tests/support/fresh';

const actor: Actor = { name: "=cmd|' /C calc'!A0", role: 'operator', via: 'web', requestId: 'request 1' };

let ctx: TestContext;
beforeAll(async () => {
  ctx = await testContext();
  for (let n = 1; n <= 1_100; n += 1)
    await ctx.db.transaction((tx) =>
      recordAudit(tx, n === 7 ? actor : { ...actor, name: 'anna' }, {
        action: 'test.done',
        subject: `thing ${n}\n"second" line`,
        customerId: n % 2 ? 'acme' : 'other',
        result: n === 9 ? 'refused' : 'done',
      }),
    );
});
afterAll(() => ctx.close());

it('lists what the filters keep', async () => {
  const { code, out } = await runCli(ctx.env, ['audit', 'list', '--result', 'refused', '--customer', 'acme', '--json']);
  expect(code).toBe(0);
  const { rows } = JSON.parse(out) as { rows: { seq: number }[] };
  expect(rows.map((row) => row.seq)).toEqual([9]);
  const drawn = await runCli(ctx.env, ['audit', 'list', '--text', 'THING 7\n']);
  expect(drawn.out).toContain("=cmd|' /C calc'!A0 (operator, web)");
  const wrong = await runCli(ctx.env, ['audit', 'list', '--since', '2026-02-11', '--until', '2026-02-10']);
  expect(wrong).toMatchObject({ code: 2, errors: expect.stringContaining('The range is empty') });
});

it('exports every row, oldest first: JSON lines, and CSV that no spreadsheet runs', async () => {
  const lines = await runCli(ctx.env, ['audit', 'export']);
  const rows = lines.out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { seq: number; subject: string });
  expect(rows.pop(), 'the last line').toEqual({ endOfExport: true, rows: 1_100 });
  expect(rows.map((row) => row.seq)).toEqual(Array.from({ length: 1_100 }, (_, at) => at + 1));
  expect(rows[6]?.subject).toBe('thing 7\n"second" line');
  const csv = await runCli(ctx.env, ['audit', 'export', '--format', 'csv', '--customer', 'acme']);
  expect(csv.out).toMatch(/^seq,at,actor,/);
  expect(csv.out).toMatch(/\n# end of export: 550 rows,+\n$/);
  expect(csv.out).toContain(`,'=cmd|' /C calc'!A0,`);
  expect(csv.out).not.toMatch(/(^|,)=cmd/m);
  expect(csv.out.match(/^\d+,20/gm)).toHaveLength(550);
});

it('verifies: 0 and the head when the chain is intact, 5 and the row when it is not', async () => {
  const intact = await runCli(ctx.env, ['audit', 'verify']);
  expect(intact).toMatchObject({ code: 0, errors: '' });
  const [, head] = /^Head (1100:[0-9a-f]{64})$/m.exec(intact.out) ?? [];
  expect((await runCli(ctx.env, ['audit', 'verify', '--head', head ?? ''])).code).toBe(0);
  expect((await runCli(ctx.env, ['audit', 'verify', '--head', '12:x'])).code).toBe(2);

  const url = ownerUrlOf(ctx.env.DATABASE_URL ?? '');
  const owner = connectPostgres({ url, log: testLog, application: 'tests', connectionsMax: 1 });
  await owner.pool.query(`
    ALTER TABLE audit DISABLE TRIGGER USER;
    UPDATE audit SET actor = 'nobody' WHERE seq = 500;
    ALTER TABLE audit ENABLE TRIGGER USER`);
  await owner.close();
  const broken = await runCli(ctx.env, ['audit', 'verify']);
  expect(broken.code).toBe(5);
  expect(broken.out).toMatch(
    /^The chain is broken: 1 finding in 1,100 rows\.\n {2}row 500 \(id 500, .*, nobody, test\.done, other\) is not as it was written\./,
  );

  const owning = await runCli({ ...ctx.env, DATABASE_URL: url }, ['audit', 'verify', '--json']);
  expect(owning.errors).toContain(
    'Warning: The console works as console, which owns the audit and so could change it.',
  );
});
