import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { listAudit } from '@/lib/audit/list-audit';
import type { Actor } from '@/lib/auth/model';
import { readHealth } from '@/lib/health/read-health';
import { announce } from '@/lib/notifications/announce';
import type { Happening } from '@/lib/notifications/model';
import { retryDeliveries } from '@/lib/notifications/retry-deliveries';
import { setRule } from '@/lib/notifications/set-rule';
import { testChannel } from '@/lib/notifications/test-channel';
import { listDeliveries } from '@/lib/notifications/view/list-deliveries';
import { listNews } from '@/lib/notifications/view/list-news';
import { readNotifications } from '@/lib/notifications/view/read-notifications';
import { handClock } from '@/tests/engine/orders/ordering';
import { type TestContext, testContext } from '@/tests/support/context';

const clock = handClock(new Date().toISOString());
const ann: Actor = { name: 'ann', role: 'approver', via: 'web', requestId: randomUUID() };
let ctx: TestContext;
beforeAll(async () => {
  ctx = await testContext({ clock });
});
beforeEach(async () => {
  clock.set(new Date().toISOString());
  for (const table of ['cases', 'deliveries', 'channels', 'rules']) await sql(`DELETE FROM notification_${table}`);
});
afterAll(() => ctx?.close());

const sql = async (text: string, values: unknown[] = []) => (await ctx.db.pool.query(text, values)).rows;
const configure = () =>
  sql(`INSERT INTO notification_channels (channel, configured, looked_at) VALUES ('slack', true, now())`);
const say = (more: Partial<Happening> = {}) =>
  ctx.db.transaction((tx) =>
    announce(tx, {
      event: 'finding new',
      caseKey: `finding ${randomUUID()}`,
      customerId: 'acme',
      title: '40 conversations of acme are wrong.',
      lines: ['Since 9:00.'],
      path: '/findings',
      measure: { affected: 40, share: 0.1 },
      ...more,
    }),
  );

it('a rule that somebody changes is in the audit as it was and as it is, and others stay as they came', async () => {
  const rule = { event: 'finding new', channel: 'slack', enabled: true, urgent: true } as const;
  await setRule(ctx, { ...rule, affectedMin: 500, shareMin: 0.05, customers: ['acme*'] }, ann);
  await setRule(ctx, { ...rule, enabled: false, affectedMin: null, shareMin: null, customers: null }, ann);
  const { rules } = await readNotifications(ctx);
  expect(rules).toHaveLength(40);
  expect(rules.filter(({ changedBy }) => changedBy !== null)).toMatchObject([{ ...rule, enabled: false }]);
  const [second, first] = await listAudit(ctx, { action: 'notifications.set-rule', rowsMax: 2 });
  expect(first?.detail).toMatchObject({
    before: { affectedMin: 10, shareMin: 0.01, urgent: false },
    after: { affectedMin: 500, shareMin: 0.05, customers: ['acme*'], urgent: true },
  });
  expect(second?.detail).toMatchObject({ before: { affectedMin: 500 }, after: { enabled: false } });
});

it.each([
  [{ affectedMin: 0 }, 'from 1 on'],
  [{ shareMin: 1.5 }, 'at most 100 %'],
  [{ customers: ['a b'] }, 'id of a customer'],
])('a rule that says %j is refused with a sentence', async (fault, sentence) => {
  const rule = { event: 'finding new', channel: 'slack', enabled: true, urgent: false } as const;
  const given = { ...rule, affectedMin: null, shareMin: null, customers: null, ...fault };
  await expect((async () => setRule(ctx, given, ann))()).rejects.toThrow(sentence);
});

it('an open case shows what was sent of it, and messages are paged by the server', async () => {
  await configure();
  for (let at = 0; at < 60; at += 1) await say();
  const { cases, casesOpen } = await readNotifications(ctx);
  expect([cases.length, casesOpen]).toEqual([60, 60]);
  expect(await readNotifications(ctx, { page: 9, event: 'scan failing' })).toMatchObject({
    cases: [],
    casesOpen: 60,
    casesFound: 0,
    casesPage: { at: 0, of: 1 },
  });
  expect(cases[0]?.messages).toMatchObject([{ channel: 'slack', kind: 'opened', state: 'waiting' }]);
  const page = await listDeliveries(ctx, { page: 7, channel: 'slack' });
  expect([page.page, page.deliveries.length]).toEqual([{ at: 1, of: 2 }, 10]);
  expect(page.deliveries[0]).toMatchObject({ title: '40 conversations of acme are wrong.', path: '/findings' });
  expect((await listDeliveries(ctx, { state: 'given up' })).deliveries).toEqual([]);
});

it('a test is put into the outbox with what its preview says, and only of a channel that is configured', async () => {
  await expect(testChannel(ctx, { channel: 'slack' }, ann)).rejects.toMatchObject({ code: 'refused' });
  await configure();
  await testChannel(ctx, { channel: 'slack' }, ann);
  const { deliveries } = await listDeliveries(ctx, {});
  expect(deliveries).toMatchObject([
    { kind: 'test', state: 'waiting', urgent: true, title: 'ann tests the notifications of the console.' },
  ]);
});

it('what was given up waits again under the key that it had, once', async () => {
  await configure();
  await say();
  const [before] = await sql(
    `UPDATE notification_deliveries SET state = 'given up', attempts = 40, first_tried_at = now() - interval '2 days'
     RETURNING id, idempotency_key`,
  );
  const asked = { channel: 'slack', deliveryId: Number(before?.id) } as const;
  expect(await retryDeliveries(ctx, asked, ann)).toEqual({ retried: 1 });
  expect(await sql('SELECT state, attempts, idempotency_key FROM notification_deliveries')).toEqual([
    { state: 'waiting', attempts: 0, idempotency_key: before?.idempotency_key },
  ]);
  await expect(retryDeliveries(ctx, asked, ann)).rejects.toMatchObject({ code: 'conflict' });
});

it('a browser gets what its rules and the role of its person allow, and the end of it', async () => {
  await say({ caseKey: 'small', measure: { affected: 2, share: 0.001 } });
  await say({ caseKey: 'asked', event: 'approval waits', role: 'approver', title: 'olga asks.', measure: undefined });
  expect(await listNews(ctx, { role: 'operator' })).toEqual([]);
  expect(await listNews(ctx, ann)).toMatchObject([{ title: 'olga asks.', resolution: null }]);
  await sql(`UPDATE notification_cases SET resolved_at = now(), resolution = 'ann approved it.', updated_at = now()`);
  expect(await listNews(ctx, ann)).toMatchObject([{ title: 'olga asks.', resolution: 'ann approved it.' }]);
});

it('a browser hears of what crosses its threshold late, however many others there are', async () => {
  await say({ caseKey: 'grows', measure: { affected: 2, share: 0.001 } });
  await sql(
    `UPDATE notification_cases SET opened_at = now() - interval '2 hours', updated_at = now() - interval '2 hours'`,
  );
  expect(await listNews(ctx, ann)).toEqual([]);
  await say({ caseKey: 'grows', title: 'It grew.', measure: { affected: 900, share: 0.5 } });
  for (let n = 0; n < 51; n += 1) await say({ caseKey: `small ${n}`, measure: { affected: 2, share: 0.001 } });
  expect(await listNews(ctx, ann)).toMatchObject([{ title: 'It grew.' }]);
});

describe('on the health page, alerting', () => {
  const part = async () => (await readHealth(ctx)).parts.find(({ name }) => name === 'notifications');

  it('is grey while nothing is configured, and green once it is', async () => {
    expect(await part()).toMatchObject({ status: 'unset' });
    await configure();
    expect(await part()).toMatchObject({ status: 'ok', sentence: 'People hear of what happens by slack.' });
  });

  it('is red when messages were given up, until one is sent again', async () => {
    await configure();
    await say();
    await sql(`UPDATE notification_deliveries SET state = 'given up', given_up_at = now()`);
    await sql(`UPDATE notification_channels SET failure = 'Slack answered with 404.', failed = 3, failed_at = now()`);
    expect(await part()).toMatchObject({ status: 'failed', sentence: expect.stringContaining('answered with 404') });
    await sql(`UPDATE notification_channels SET sent_at = now() + interval '1 second'`);
    expect(await part()).toMatchObject({ status: 'warning' });
  });

  it('is red when tries fail for ten minutes, and when no worker looks for messages', async () => {
    await configure();
    await say();
    await sql(`UPDATE notification_deliveries SET attempts = 3, first_tried_at = now()`);
    expect(await part()).toMatchObject({ status: 'warning' });
    clock.set(new Date(Date.now() + 11 * 60_000).toISOString());
    await sql(`UPDATE notification_channels SET looked_at = now() + interval '11 minutes'`);
    expect(await part()).toMatchObject({ status: 'failed', sentence: expect.stringContaining('tried again') });
    await sql(`UPDATE notification_channels SET looked_at = now()`);
    expect(await part()).toMatchObject({ status: 'failed', sentence: expect.stringContaining('No worker sends') });
  });
});
