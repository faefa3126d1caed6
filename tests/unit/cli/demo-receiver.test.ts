import { afterAll, beforeAll, expect, it } from 'vitest';
import { startReceiver } from '@/bin/cli/demo-receiver';
import { messageOf, testContent } from '@/lib/notifications/message-model';
import { sendWebhook } from '@/lib/notifications/send/webhook';

const secret = 'a-secret-of-forty-characters-0123456789a';
const printed: string[] = [];
let receiver: Awaited<ReturnType<typeof startReceiver>>;
beforeAll(async () => {
  receiver = await startReceiver({ port: 0, secret, answer: 204, print: (text) => printed.push(text) });
});
afterAll(() => receiver.close());

const message = messageOf(testContent('anna'), {
  key: 'k-1',
  kind: 'test',
  caseId: null,
  environment: 'demo',
  atMs: 0,
  mayRepeat: false,
  baseUrl: 'http://127.0.0.1:3000',
});
const send = (options: { secret?: string; nowMs?: number } = {}) =>
  sendWebhook({ url: receiver.url, secret: options.secret ?? secret }, message, {
    nowMs: options.nowMs ?? Date.now(),
    timeoutMs: 5_000,
  });

it('prints what is signed, knows a repetition, and refuses what is not signed or old', async () => {
  expect(await send()).toEqual({ kind: 'sent' });
  expect(await send()).toEqual({ kind: 'sent' });
  expect(await send({ secret: 'another secret' })).toMatchObject({ kind: 'failed', final: true });
  expect(await send({ nowMs: Date.now() - 6 * 60_000 })).toMatchObject({ kind: 'failed', final: true });
  expect(printed[0]).toMatch(
    /test, signature right\n {2}anna tests the notifications of the console\.\n[\s\S]*\n {2}http:\/\/127/,
  );
  expect(printed[1]).toContain('signature right, again');
  expect(printed.slice(2)).toEqual(Array(2).fill('A message was refused: its signature is not right.'));
});
