import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Claimed } from '@/lib/notifications/outbox/claim';
import { settle } from '@/lib/notifications/outbox/settle';
import { deliverDue, sayChannels } from '@/lib/notifications/outbox/work-deliveries';
import { retryDeliveries } from '@/lib/notifications/retry-deliveries';
import type { Outcome } from '@/lib/notifications/send/outcome';
import { testChannel } from '@/lib/notifications/test-channel';
import { readChannels } from '@/lib/notifications/view/read-notifications';
import { verdictOf } from '@/lib/notifications/view-model';
import { type httpReceiver, httpReceiver as startReceiver } from '@/tests/support/receivers';
import { operator } from '@/tests/support/repair';
import { finding, type Stage, secret, stageOf } from './stage';

let stage: Stage;
let receiver: Awaited<ReturnType<typeof httpReceiver>>;
const minute = 60;

beforeAll(async () => {
  receiver = await startReceiver();
  stage = await stageOf({ SLC_NOTIFY_WEBHOOK_URL: receiver.url, SLC_NOTIFY_WEBHOOK_SECRET: secret });
});
beforeEach(async () => {
  await stage.clear();
  receiver.answer(204);
  receiver.received.length = 0;
});
afterAll(async () => {
  receiver?.close();
  await stage?.ctx.close();
});

const kinds = () => receiver.said().map(({ kind }) => kind);

it('a message is posted once, with a signature that the receiver can verify and a key', async () => {
  await stage.say(finding('acme', 100));
  expect(await stage.after(0)).toBe(0);
  expect(await stage.after(15)).toBe(1);
  expect(await stage.after(15)).toBe(0);
  const [first] = receiver.received;
  if (!first) throw new Error('nothing was received');
  const { headers, body } = first;
  const signed = createHmac('sha256', secret).update(`${headers['x-slc-timestamp']}.${body}`).digest('hex');
  expect(headers['x-slc-signature']).toBe(`v1=${signed}`);
  expect(Math.abs(Number(headers['x-slc-timestamp']) - Date.now() / 1_000)).toBeLessThan(60);
  expect(JSON.parse(body)).toEqual({
    version: 1,
    key: headers['idempotency-key'],
    kind: 'opened',
    event: 'finding new',
    case: expect.stringMatching(/^[0-9a-f-]{36}$/),
    customer: 'acme',
    title: '100 conversations of acme have wrong labels on 10 Feb 2026.',
    lines: ['76 name the wrong agent.'],
    url: 'http://127.0.0.1:3000/customers/acme/days/2026-02-10',
    environment: 'embedded demo',
    at: expect.stringMatching(/^20\d\d-/),
  });
  expect(await stage.rows()).toMatchObject([{ state: 'sent', attempts: 1 }]);
});

it('one case is one message, one update when its figures changed, and one when it is resolved', async () => {
  await stage.say(finding('acme', 100));
  await stage.after(15);
  for (const affected of [101, 140, 190, 240]) await stage.say(finding('acme', affected));
  await stage.after(minute);
  expect(kinds()).toEqual(['opened']);
  await stage.after(31 * minute);
  expect(receiver.said().at(-1)).toMatchObject({ kind: 'updated', title: expect.stringMatching(/^240 conv/) });
  await stage.resolve('finding acme 2026-02-10');
  await stage.after(15);
  expect(receiver.said().at(-1)).toMatchObject({ kind: 'resolved', title: 'It was repaired by run 7.' });
  expect(kinds()).toEqual(['opened', 'updated', 'resolved']);
});

it('an update that came back to what people know is not sent, nor is one of a case that is resolved by then', async () => {
  await stage.say(finding('acme', 100));
  await stage.after(15);
  await stage.say(finding('acme', 200));
  await stage.say(finding('acme', 105));
  await stage.after(31 * minute);
  expect(kinds()).toEqual(['opened']);
  await stage.say(finding('acme', 200));
  await stage.resolve('finding acme 2026-02-10');
  await stage.after(1);
  await stage.after(5);
  expect(kinds()).toEqual(['opened', 'resolved']);
});

it('an update that waits does not hold up that the case is resolved', async () => {
  await stage.say(finding('acme', 100));
  await stage.after(15);
  await stage.say(finding('acme', 200));
  await stage.resolve('finding acme 2026-02-10');
  await stage.after(5);
  await stage.after(5);
  expect(kinds()).toEqual(['opened', 'resolved']);
});

it('a message that did not reach everybody is sent, and its channel is not green', async () => {
  await stage.say(finding('acme'));
  await stage.after(15);
  const { rows } = await stage.ctx.db.pool.query('SELECT id FROM notification_deliveries');
  const nowMs = stage.ctx.clock.now();
  const claimed = { id: rows[0].id, channel: 'webhook' } as Claimed;
  const verdict = async (outcome: Outcome, atMs: number) => {
    await stage.ctx.db.transaction((tx) => settle(tx, claimed, outcome, atMs));
    const [webhook] = await readChannels(stage.ctx);
    return webhook && verdictOf(webhook, atMs);
  };
  const remark = 'The mail server refused 1 of 2 receivers.';
  expect(await verdict({ kind: 'sent', remark }, nowMs)).toMatchObject({
    state: 'troubled',
    sentence: `The last message did not reach everybody. ${remark}`,
  });
  expect(await verdict({ kind: 'sent' }, nowMs + 1_000)).toMatchObject({ state: 'works' });
});

it('a case that is resolved before its opening was sent sends nothing', async () => {
  await stage.say(finding('acme'));
  await stage.resolve('finding acme 2026-02-10');
  for (let look = 0; look < 3; look += 1) await stage.after(15);
  expect(receiver.received).toEqual([]);
  expect((await stage.rows()).map(({ kind, state }) => `${kind} ${state}`)).toEqual([
    'opened skipped',
    'resolved skipped',
  ]);
});

it('nothing is lost over an hour of outage, the pauses grow, and each message arrives once', async () => {
  await stage.say(finding('acme'));
  await stage.say(finding('globex'));
  await receiver.away();
  try {
    let tries = 0;
    for (let seconds = 0; seconds < 3_600; seconds += 30) {
      expect(await stage.after(30)).toBe(0);
      if (seconds === 600) await stage.say(finding('initech'));
    }
    const rows = await stage.rows();
    tries = rows.reduce((sum, { attempts }) => sum + attempts, 0);
    expect(tries).toBeGreaterThan(6);
    expect(tries).toBeLessThan(25);
    expect(rows.every(({ state, unknown }) => state === 'waiting' && unknown === 0)).toBe(true);
    expect(await stage.channel('webhook')).toMatchObject({
      failure: 'The receiver of the webhook cannot be reached (ECONNREFUSED).',
    });
  } finally {
    await receiver.back();
  }
  await stage.after(15 * minute);
  await stage.after(15 * minute);
  expect(
    receiver
      .said()
      .map(({ title }) => title.split(' ')[3])
      .sort(),
  ).toEqual(['acme', 'globex', 'initech']);
  expect(await stage.channel('webhook')).toMatchObject({ failures: 0, blocked_until: null });
});

it('after a day without success a message is given up and stays; trying again sends it', async () => {
  await stage.say(finding('acme'));
  receiver.answer(503);
  for (let hour = 0; hour < 25; hour += 1) await stage.after(60 * minute);
  expect(await stage.rows()).toMatchObject([{ state: 'waiting' }]);
  for (let hour = 0; hour < 2; hour += 1) await stage.after(60 * minute);
  expect(await stage.rows()).toMatchObject([
    { state: 'given up', failure: 'The receiver of the webhook answers with 503.' },
  ]);
  const [given] = await readChannels(stage.ctx);
  expect(given?.givenUpAtMs).toBe(given?.failedAtMs);
  expect(await retryDeliveries(stage.ctx, { channel: 'webhook', deliveryId: null }, operator)).toEqual({ retried: 1 });
  expect((await readChannels(stage.ctx))[0]?.givenUpAtMs).toBeNull();
  receiver.answer(204);
  expect(await stage.after(1)).toBe(1);
  expect(new Set(receiver.said().map(({ key }) => key)).size).toBe(1);
});

it('a test is sent at once, also in the pause of a channel that fails, and is not repeated', async () => {
  receiver.answer(503);
  await stage.say(finding('acme'));
  await stage.after(15);
  await testChannel(stage.ctx, { channel: 'webhook' }, operator);
  await stage.after(1);
  await stage.after(1);
  expect(kinds()).toEqual(['opened', 'test']);
  expect(await stage.rows()).toMatchObject([{ state: 'waiting' }, { kind: 'test', state: 'given up', attempts: 1 }]);
  receiver.answer(204);
  await testChannel(stage.ctx, { channel: 'webhook' }, operator);
  await stage.after(1);
  expect(receiver.said().at(2)).toMatchObject({
    kind: 'test',
    title: `${operator.name} tests the notifications of the console.`,
  });
  expect(await stage.channel('webhook')).toMatchObject({ failures: 0, blocked_until: null });
});

it.each<[string, number, RegExp]>([
  ['a redirect', 302, /redirect \(302\), which is not followed/],
  ['a refusal', 403, /answers with 403: it does not take these messages/],
])('%s is given up at once with a sentence, and followed nowhere', async (_what, status, sentence) => {
  receiver.answer((response) => response.writeHead(status, { location: `${receiver.url}/other` }).end());
  await stage.say(finding('acme'));
  await stage.after(15);
  await stage.after(30 * minute);
  expect(await stage.rows()).toMatchObject([
    { state: 'given up', attempts: 1, failure: expect.stringMatching(sentence) },
  ]);
  expect(receiver.received.map(({ path }) => path)).toEqual(['/messages']);
});

it('429 is tried again when the receiver says', async () => {
  receiver.answer((response) => response.writeHead(429, { 'retry-after': '1800' }).end('{"error":"slow down"}'));
  await stage.say(finding('acme'));
  await stage.after(15);
  receiver.answer(200);
  await stage.after(20 * minute);
  expect(receiver.received).toHaveLength(1);
  await stage.after(11 * minute);
  expect(await stage.rows()).toMatchObject([{ state: 'sent', attempts: 2, unknown: 0 }]);
});

it('an answer without end is read to its bound only', async () => {
  receiver.answer((response) => {
    response.writeHead(500);
    const more = () => response.writable && response.write('x'.repeat(10_000), () => setTimeout(more, 1));
    more();
  });
  await stage.say(finding('acme'));
  const begunAt = performance.now();
  await stage.after(15);
  expect(performance.now() - begunAt).toBeLessThan(5_000);
  expect(await stage.rows()).toMatchObject([{ state: 'waiting', unknown: 0 }]);
});

it('a connection that breaks after the message was sent leaves it open whether it arrived: the same key and body again', async () => {
  receiver.answer((response) => response.destroy());
  await stage.say(finding('acme', 100));
  await stage.after(15);
  expect(await stage.rows()).toMatchObject([
    { state: 'waiting', unknown: 1, failure: expect.stringContaining('may or may not') },
  ]);
  await stage.say(finding('acme', 500));
  receiver.answer(204);
  await stage.after(15);
  const [first, second] = receiver.received;
  expect(second?.body).toBe(first?.body);
  expect(second?.headers['idempotency-key']).toBe(first?.headers['idempotency-key']);
  await stage.after(31 * minute);
  expect(kinds()).toEqual(['opened', 'opened', 'updated']);
});

it('a worker without the channel, as in a roll-out, gives nothing up; what waits is skipped an hour after the last that has it', async () => {
  const { config } = stage.ctx;
  const without = { ...stage.ctx, config: { ...config, notifications: { ...config.notifications, webhook: null } } };
  const state = async () => [(await stage.rows())[0]?.state, (await stage.channel('webhook')).configured];
  await receiver.away();
  await stage.say(finding('acme'));
  await sayChannels(stage.ctx);
  await stage.after(15);
  expect(await deliverDue(without)).toBe(0);
  await sayChannels(without);
  expect(await state()).toEqual(['waiting', true]);
  await stage.after(6 * minute);
  await sayChannels(without);
  expect(await state()).toEqual(['waiting', false]);
  await stage.after(50 * minute);
  await sayChannels(without);
  expect(await state()).toEqual(['waiting', false]);
  await stage.after(5 * minute);
  await sayChannels(without);
  expect(await state()).toEqual(['skipped', false]);
  await receiver.back();
  await sayChannels(stage.ctx);
  expect((await stage.channel('webhook')).configured).toBe(true);
});

it('a channel that failed and has sent nothing since is not green, also when nothing waits any more', async () => {
  receiver.answer(503);
  await stage.say(finding('acme'));
  await stage.after(15);
  await stage.resolve('finding acme 2026-02-10');
  for (let look = 0; look < 3; look += 1) await stage.after(16 * minute);
  expect((await stage.rows()).map(({ state }) => state)).toEqual(['skipped', 'skipped']);
  await sayChannels(stage.ctx);
  const [webhook] = await readChannels(stage.ctx);
  expect(webhook && verdictOf(webhook, stage.ctx.clock.now())).toMatchObject({ word: 'failed', state: 'troubled' });
});

it('two workers that look at the same moment send each message once', async () => {
  await stage.say(finding('acme'), finding('globex'), finding('initech'));
  receiver.answer((response) => setTimeout(() => response.writeHead(204).end(), 30));
  await Promise.all([stage.after(15), stage.after(0), stage.after(0)]);
  await stage.after(1);
  const sent = receiver.said().map(({ key }) => key);
  expect(sent).toHaveLength(3);
  expect(new Set(sent).size).toBe(3);
});

it('a burst of new cases is one summary, and what people know of each is kept', async () => {
  const customers = Array.from({ length: 12 }, (_, n) => `customer-${n}`);
  const many = Array.from({ length: 37 }, (_, n) =>
    finding(customers[n % 12] ?? '', 100 + n, { caseKey: `finding ${n}` }),
  );
  await stage.say(...many);
  await stage.after(15);
  await stage.after(1);
  expect(receiver.said()).toMatchObject([{ kind: 'summary', title: '37 new findings at 12 customers.' }]);
  expect(receiver.said()[0]?.lines).toHaveLength(21);
  expect(receiver.said()[0]?.lines.at(-1)).toBe('… and 17 more.');
  await stage.say(...many.slice(0, 7).map((one) => ({ ...one, title: `${one.title} Really.` })));
  await stage.resolve('finding 3');
  await stage.after(31 * minute);
  expect(receiver.said().slice(1)).toMatchObject([{ kind: 'resolved' }]);
});

it('a summary that could not be sent is written anew from what is still open', async () => {
  receiver.answer(503);
  const many = Array.from({ length: 8 }, (_, n) => finding('acme', 100 + n, { caseKey: `finding ${n}` }));
  await stage.say(...many);
  await stage.after(15);
  await stage.resolve('finding 0');
  await stage.say(
    ...many.slice(1, 2).map((one) => ({ ...one, title: 'It is worse now.', measure: { affected: 9_000, share: 1 } })),
  );
  receiver.answer(204);
  await stage.after(15 * minute);
  await stage.after(15 * minute);
  const [first, second, ...rest] = receiver.said();
  expect(rest).toEqual([]);
  expect(first?.title).toBe('8 new findings at 1 customer.');
  expect(second).toMatchObject({ kind: 'summary', title: '7 new findings at 1 customer.', key: first?.key });
  expect(second?.lines[0]).toBe('It is worse now.');
});

it('however many cases open and end over an hour, a channel gets at most forty messages of them', async () => {
  for (let round = 0; round < 120; round += 1) {
    await stage.say(
      finding('acme', 100, { caseKey: `finding ${round}` }),
      finding('globex', 100, { caseKey: `other ${round}` }),
    );
    if (round > 20) await stage.resolve(`finding ${round - 20}`);
    await stage.after(30);
  }
  expect(receiver.received.length).toBeLessThanOrEqual(40);
  const { rows } = await stage.ctx.db.pool.query(
    "SELECT count(*) AS waiting FROM notification_deliveries WHERE state = 'waiting'",
  );
  await stage.after(11 * minute);
  const left = await stage.ctx.db.pool.query(
    "SELECT count(*) AS waiting FROM notification_deliveries WHERE state = 'waiting'",
  );
  expect([rows[0].waiting > 0, left.rows[0].waiting]).toEqual([true, 0]);
});

it('neither the log nor a table has the address or the secret of a channel', async () => {
  receiver.answer(500);
  await stage.say(finding('acme'));
  await stage.after(15);
  await receiver.away();
  await stage.after(minute);
  await receiver.back();
  expect(stage.logged()).toContain('ECONNREFUSED');
  receiver.answer((response) => response.writeHead(500).end('of https://hooks.corp.example/a'));
  await stage.after(15 * minute);
  const { rows } = await stage.ctx.db.pool.query(
    'SELECT to_jsonb(d)::text || to_jsonb(c)::text AS all FROM notification_deliveries d JOIN notification_channels c USING (channel)',
  );
  expect(stage.logged()).toContain('a notification failed');
  expect(rows[0].all).toContain('answers with 500');
  for (const text of [stage.logged(), rows[0].all]) {
    expect(text).not.toContain(secret);
    expect(text).not.toContain('/messages');
    expect(text).not.toContain(`:${new URL(receiver.url).port}`);
    expect(text).not.toContain('corp.example');
  }
});
