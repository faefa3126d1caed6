import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, inject, it } from 'vitest';
import { announce } from '@/lib/notifications/announce';
import { privateAuthority } from '@/tests/support/certificates';
import { type TestContext, testContext } from '@/tests/support/context';
import { spawnWorker } from '@/tests/support/kill';
import { headerOf, httpReceiver, mailReceiver } from '@/tests/support/receivers';
import { until } from '@/tests/support/until';
import { finding, secret } from './stage';

let ctx: TestContext;
let webhook: Awaited<ReturnType<typeof httpReceiver>>;
let slack: Awaited<ReturnType<typeof httpReceiver>>;
let mail: Awaited<ReturnType<typeof mailReceiver>>;
const workers: ReturnType<typeof spawnWorker>[] = [];

beforeAll(async () => {
  const authority = privateAuthority(mkdtempSync(join(inject('engines').folder, 'notifications-')));
  webhook = await httpReceiver({ certificate: authority.certificate('receiver') });
  slack = await httpReceiver();
  mail = await mailReceiver();
  ctx = await testContext({
    env: {
      SLC_NOTIFY_WEBHOOK_URL: webhook.url,
      SLC_NOTIFY_WEBHOOK_SECRET: secret,
      SLC_NOTIFY_SLACK_URL: slack.url,
      SLC_NOTIFY_SMTP_URL: `smtp://127.0.0.1:${mail.port}`,
      SLC_NOTIFY_SMTP_FROM: 'labels@example.com',
      SLC_NOTIFY_SMTP_TO: 'anna@example.com',
      NODE_EXTRA_CA_CERTS: authority.caFile,
    },
  });
});
afterEach(async () => {
  for (const worker of workers) worker.kill();
  await Promise.all(workers.splice(0).map(({ ended }) => ended));
});
afterAll(async () => {
  webhook?.close();
  slack?.close();
  await mail?.close();
  await ctx?.close();
});

const start = () => {
  const worker = spawnWorker(ctx);
  workers.push(worker);
  return worker;
};
const states = async () =>
  (await ctx.db.pool.query('SELECT channel, state, unknown FROM notification_deliveries ORDER BY channel')).rows;
/** As after the minute and a half that a worker has for a message, and the pause after it. */
const passTime = () =>
  ctx.db.pool.query(
    "UPDATE notification_deliveries SET next_at = now(), claimed_until = now() WHERE state IN ('waiting', 'sending')",
  );

it('a worker killed between the send and its mark: the same key again, and a mail with the same id', async () => {
  let first = start();
  await until('the channels are known', async () => {
    const { rows } = await ctx.db.pool.query('SELECT channel FROM notification_channels WHERE configured');
    return rows.length === 3;
  });
  const arrived = { webhook: false, slack: false, email: false };
  webhook.answer(() => {
    arrived.webhook = true;
  });
  slack.answer(() => {
    arrived.slack = true;
  });
  mail.afterMail(() => {
    arrived.email = true;
  });
  await ctx.db.transaction((tx) => announce(tx, finding('acme')));
  await passTime();
  await until('each has its message and has not answered', () => Object.values(arrived).every(Boolean));
  first.kill();
  expect(await first.ended).toBe('SIGKILL');
  expect(await states()).toEqual(
    ['email', 'slack', 'webhook'].map((channel) => ({ channel, state: 'sending', unknown: 0 })),
  );

  webhook.answer(204);
  slack.answer(200);
  mail.afterMail(null);
  await passTime();
  first = start();
  await until('the webhook has it again', () => webhook.received.length === 2);
  await until('the others wait', async () => (await states()).filter(({ state }) => state === 'waiting').length === 2);
  await passTime();
  await until('all is sent', async () => (await states()).every(({ state }) => state === 'sent'));

  const [one, two] = webhook.received;
  expect(two?.headers['idempotency-key']).toBe(one?.headers['idempotency-key']);
  expect(two?.body).toBe(one?.body);
  expect(slack.received.map(({ body }) => body.includes('This may be a repetition'))).toEqual([false, true]);
  const ids = mail.mails.map((each) => headerOf(each, 'Message-ID'));
  expect(ids).toEqual([ids[0], ids[0]]);
  expect(await states()).toEqual(
    ['email', 'slack', 'webhook'].map((channel) => ({ channel, state: 'sent', unknown: 1 })),
  );
});
