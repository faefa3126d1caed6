import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { announce, announceAll, resolveCase } from '@/lib/notifications/announce';
import type { Happening } from '@/lib/notifications/model';
import { type TestContext, testContext } from '@/tests/support/context';

let ctx: TestContext;
beforeAll(async () => {
  ctx = await testContext();
});
beforeEach(async () => {
  await ctx.db.pool.query('DELETE FROM notification_cases');
  await ctx.db.pool.query('DELETE FROM notification_channels');
  await ctx.db.pool.query('DELETE FROM notification_rules');
});
afterAll(() => ctx.close());

const finding = (affected: number, more: Partial<Happening> = {}): Happening => ({
  event: 'finding new',
  caseKey: 'finding acme 2026-02-10',
  customerId: 'acme',
  title: `${affected} conversations of acme have wrong labels on 10 Feb 2026.`,
  lines: [],
  path: '/findings',
  measure: { affected, share: affected / 1_000_000 },
  ...more,
});
const configure = (...channels: string[]) =>
  ctx.db.pool.query('INSERT INTO notification_channels (channel, configured) SELECT unnest($1::text[]), true', [
    channels,
  ]);
const say = (happening: Happening) => ctx.db.transaction((tx) => announce(tx, happening));
const outbox = async () =>
  (await ctx.db.pool.query("SELECT channel || ' ' || kind AS what FROM notification_deliveries ORDER BY id")).rows.map(
    (row) => row.what,
  );
const cases = async () => (await ctx.db.pool.query('SELECT * FROM notification_cases ORDER BY opened_at')).rows;

/** As the worker marks what it sent. */
const sendAll = () =>
  ctx.db.pool.query(`
    UPDATE notification_deliveries d
    SET state = 'sent', sent_at = now(), attempts = 1, message = jsonb_build_object('event', c.event, 'title', c.title,
      'lines', c.lines, 'path', c.path, 'customerId', c.customer_id, 'affected', c.affected)
    FROM notification_cases c
    WHERE c.id = d.case_id AND d.state = 'waiting'`);

it('a happening that is rolled back leaves neither a case nor a message', async () => {
  await configure('webhook');
  const failing = ctx.db.transaction(async (tx) => {
    await announce(tx, finding(40));
    throw new Error('the scan failed');
  });
  await expect(failing).rejects.toThrow('the scan failed');
  expect([await cases(), await outbox()]).toEqual([[], []]);
});

it('a case is kept where no channel is configured, and each configured channel gets one message of it', async () => {
  await say(finding(40));
  expect(await cases()).toMatchObject([{ case_key: 'finding acme 2026-02-10', affected: 40, resolved_at: null }]);
  expect(await outbox()).toEqual([]);
  await configure('webhook', 'email');
  await say(finding(41));
  await say(finding(41));
  await say(finding(90));
  expect((await outbox()).sort()).toEqual(['email opened', 'webhook opened']);
});

it('a case that people know of is updated once its figures differ by a quarter, and its end is a message', async () => {
  await configure('slack');
  await say(finding(40));
  await sendAll();
  await say(finding(49));
  expect(await outbox()).toEqual(['slack opened']);
  await say(finding(50));
  await say(finding(80));
  expect(await outbox()).toEqual(['slack opened', 'slack updated']);
  const { rows } = await ctx.db.pool.query(
    "SELECT extract(epoch FROM next_at - now()) / 60 AS minutes FROM notification_deliveries WHERE kind = 'updated'",
  );
  expect(Number(rows[0].minutes)).toBeGreaterThan(25);
  await ctx.db.transaction((tx) => resolveCase(tx, 'finding acme 2026-02-10', 'It was repaired.'));
  await ctx.db.transaction((tx) => resolveCase(tx, 'finding acme 2026-02-10', 'It was repaired.'));
  expect(await outbox()).toEqual(['slack opened', 'slack updated', 'slack resolved']);
  await say(finding(80, { event: 'finding fallen back' }));
  expect(await cases()).toHaveLength(2);
  expect((await outbox()).at(-1)).toBe('slack opened');
});

it('rules keep away what is below their thresholds, of other customers, or of an event that is off', async () => {
  await configure('webhook');
  await say(finding(9));
  expect(await outbox()).toEqual([]);
  await say(finding(10));
  expect(await outbox()).toEqual(['webhook opened']);
  await ctx.db.pool.query(`
    INSERT INTO notification_rules (event, channel, enabled, customers, urgent, changed_by)
    VALUES ('scan failing', 'webhook', true, '["acme", "north-*"]', false, 'anna'),
      ('scan overdue', 'webhook', false, NULL, false, 'anna')`);
  const scan = (event: Happening['event'], customerId: string): Happening =>
    finding(0, { event, customerId, caseKey: `${event} ${customerId}`, measure: undefined });
  await ctx.db.transaction((tx) =>
    announceAll(tx, [
      scan('scan failing', 'north-air'),
      scan('scan failing', 'south-air'),
      scan('scan overdue', 'acme'),
      scan('increment missed', 'south-air'),
    ]),
  );
  expect(await outbox()).toEqual(Array(3).fill('webhook opened'));
  expect(await cases()).toHaveLength(5);
});

it('two transactions that announce the same at once open one case with one message', async () => {
  await configure('webhook');
  await Promise.all([say(finding(40)), say(finding(41)), say(finding(42))]);
  expect(await cases()).toHaveLength(1);
  expect(await outbox()).toEqual(['webhook opened']);
});
