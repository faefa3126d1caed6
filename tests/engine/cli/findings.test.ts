import { afterAll, beforeAll, expect, test } from 'vitest';
import { addCustomer } from '@/lib/customers/add-customer';
import { addDays, dayOf } from '@/lib/days';
import type { MissList, MissView } from '@/lib/findings/misses/model';
import type { FindingsPage, FindingView, Ledger } from '@/lib/findings/model';
import { runCli } from '../../support/bundled';
import { type TestContext, testContext } from '../../support/context';
import { freshDatabase } from '../../support/fresh';
import { audited, looked, recordLooks } from '../../support/looks';
import { operator } from '../../support/repair';

const now = Date.now();
const day = addDays(dayOf(now, 'UTC'), -3);
const month = new Date(now).toISOString().slice(0, 7);
let ctx: TestContext;
beforeAll(async () => {
  ctx = await testContext();
  const customer = {
    id: 'acme',
    displayName: 'Acme',
    profiles: ['p1'],
    timeZone: 'UTC',
    database: await freshDatabase(),
  };
  await addCustomer(ctx, customer, operator);
  await recordLooks(ctx, 'acme', [looked(day, now, 7)], new Map([[day, now - 7_200_000]]));
});
afterAll(() => ctx.close());

const cli = (...args: string[]) => runCli(ctx.env, ['findings', ...args]);
const json = async <Value>(...args: string[]) => JSON.parse((await cli(...args, '--json')).out) as Value;

test('findings are listed, shown and muted from a terminal, and the ledger is CSV there', async () => {
  const { rows } = await json<FindingsPage>('list', '--customer', 'acme', '--flag', 'wrongAgent');
  const id = rows[0]?.id ?? '';
  expect(rows).toMatchObject([{ customerId: 'acme', day, state: 'new', affected: 7 }]);
  const shown = await cli('show', id);
  expect(shown.out).toContain(`${day} of acme: new\n7 of 100 conversations are affected: agent 7.`);
  expect(shown.out).toMatch(/Seen after +2\.0 h/);
  const until = addDays(dayOf(now, 'UTC'), 5);
  const muted = await json<FindingView>('mute', id, '--until', until, '--reason', 'known');
  expect(muted).toMatchObject({ muteReason: 'known', mutedUntilMs: Date.parse(`${until}T00:00:00Z`) });
  expect((await cli('list', '--muted', 'yes')).out).toContain('1 finding; by state: new 1');
  expect(await json<FindingView>('own', id, '--owner', 'Olga')).toMatchObject({ owner: 'Olga' });
  expect(await json<FindingView>('note', id, '--text', 'late')).toMatchObject({ note: 'late' });
  expect(await json<FindingView>('unmute', id, '--reason', 'seen')).toMatchObject({ mutedUntilMs: null });
  expect(await json<Ledger>('ledger', '--month', month)).toMatchObject({
    total: { findings: 1, detectWorstMs: 7_200_000 },
  });
  const csv = (await cli('ledger', '--month', month, '--csv')).out.split('\n');
  expect(csv[0]).toMatch(/^month,whole_month,customer,name,findings,days,open,/);
  expect(csv[1]).toMatch(new RegExp(`^${month},yes,acme,Acme,1,1,1,0,0,1,7200,7200,`));
  expect(await cli('show', 'x')).toMatchObject({ code: 2, errors: expect.stringContaining('not the id of a finding') });
  expect(await cli('ledger', '--month', '2026-13')).toMatchObject({
    code: 2,
    errors: expect.stringContaining('YYYY-MM'),
  });
  expect(await cli('mute', id, '--until', day, '--reason', 'why')).toMatchObject({ code: 2 });
});

test('what increments missed is listed, shown and acknowledged from a terminal', async () => {
  await audited(ctx, 'acme', [looked(day, now + 2_000, 9)], now + 1_000);
  expect((await cli('list')).out).toContain('1 open miss of increments: "findings misses".');
  const { rows } = await json<MissList>('misses', '--customer', 'acme');
  const id = rows[0]?.id ?? '';
  const shown = (await cli('miss', id)).out;
  expect(shown).toMatch(new RegExp(`${day} +affected +7 +9 +2`));
  expect(shown).toMatch(new RegExp(`${day} +flag agent +7 +9 +2`));
  expect(shown).toMatch(new RegExp(`${day} +stale of agent a +7 +9 +2`));
  expect(shown).not.toMatch(/conversations +\d/);
  expect(await json<MissView>('acknowledge', id, '--note', 'by hand')).toMatchObject({ state: 'acknowledged' });
  expect((await cli('misses')).out).toContain('1 miss, 0 of them open.');
  expect(await cli('acknowledge', id, '--note', 'again')).toMatchObject({ code: 4 });
  expect(await cli('miss', 'x')).toMatchObject({ code: 2, errors: expect.stringContaining('not the id of a miss') });
});

test('agents of a day of which not all are kept are at least so many, also on a terminal', async () => {
  const byAgent = Array.from({ length: 500 }, (_, n) => ({ key: `a ${n}`, affected: 1, stale: 1, duplicates: 0 }));
  await recordLooks(ctx, 'acme', [looked(addDays(day, -1), now + 3_000, 500, { byAgent })]);
  expect((await cli('ledger', '--month', month)).out).toMatch(/Total .* ≥ 50\d /);
});
