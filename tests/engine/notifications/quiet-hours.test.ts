import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { insertStop } from '@/lib/holds/sql/stops';
import { httpReceiver } from '@/tests/support/receivers';
import { finding, type Stage, secret, stageOf } from './stage';

let stage: Stage;
let receiver: Awaited<ReturnType<typeof httpReceiver>>;
const hour = 3_600_000;

beforeAll(async () => {
  receiver = await httpReceiver();
  stage = await stageOf({
    SLC_NOTIFY_WEBHOOK_URL: receiver.url,
    SLC_NOTIFY_WEBHOOK_SECRET: secret,
    SLC_NOTIFY_QUIET_HOURS: '22:00-07:00',
    SLC_NOTIFY_TIME_ZONE: 'Asia/Tokyo',
  });
});
beforeEach(async () => {
  await stage.clear();
  receiver.received.length = 0;
});
afterAll(async () => {
  receiver?.close();
  await stage?.ctx.close();
});

/** Tomorrow at this hour in Tokyo. */
const tomorrowAt = (tokyo: number) => (Math.floor(Date.now() / (24 * hour)) + 2) * 24 * hour + (tokyo - 9) * hour;
const titles = () => receiver.said().map(({ kind, title }) => `${kind}: ${title}`);

it('what is not urgent waits until the quiet hours end in their zone, and is one message then', async () => {
  stage.setClock(tomorrowAt(23));
  const many = Array.from({ length: 9 }, (_, n) => finding(`customer-${n}`));
  await stage.say(...many);
  await stage.resolve('finding customer-0 2026-02-10');
  await stage.say(
    finding('acme', 3, { event: 'run needs attention', caseKey: 'run 7', title: 'Run 7 needs attention.' }),
  );
  await stage.after(0);
  expect(titles()).toEqual(['opened: Run 7 needs attention.']);
  await stage.after(7 * 3_600);
  expect(titles()).toHaveLength(1);
  await stage.after(3_600);
  expect(titles()[1]).toBe('summary: 8 new findings at 8 customers.');
  expect(titles()).toHaveLength(2);
});

it('messages are sent while everything is stopped', async () => {
  stage.setClock(tomorrowAt(12));
  await stage.ctx.db.query(insertStop, { id: randomUUID(), by: 'anna', reason: 'An outage.', immediately: true });
  await stage.say(finding('acme'));
  await stage.after(0);
  expect(titles()).toHaveLength(1);
});
