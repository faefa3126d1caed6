import fc from 'fast-check';
import { expect, it } from 'vitest';
import { afterFailure, backOffMs } from '@/lib/notifications/outbox/after-failure';
import { looksAt, paceOf, windowMs } from '@/lib/notifications/outbox/pace';
import { failed } from '@/lib/notifications/send/outcome';

const minute = 60_000;

it('whatever becomes due, a channel gets at most twenty messages in half an hour, and nothing waits for ever', () => {
  const arrivals = fc.array(
    fc.record({ ready: fc.integer({ min: 0, max: 40 }), urgent: fc.integer({ min: 0, max: 40 }) }),
    {
      minLength: 50,
      maxLength: 300,
    },
  );
  fc.assert(
    fc.property(arrivals, (steps) => {
      const sent: { atMs: number; kind: 'single' | 'summary' }[] = [];
      let ready = 0;
      let urgent = 0;
      let waitedMs = 0;
      for (let atMs = 0, step = 0; step < steps.length; atMs += 20_000, step += 1) {
        const come = steps[step] ?? { ready: 0, urgent: 0 };
        ready += come.ready;
        urgent += Math.min(come.urgent, come.ready);
        waitedMs += ready > 0 ? 20_000 : 0;
        for (;;) {
          const lately = sent.filter((one) => one.atMs > atMs - windowMs);
          const last = (list: typeof sent) => list.at(-1)?.atMs ?? null;
          const recent = {
            singles: lately.filter(({ kind }) => kind === 'single').length,
            lastMs: last(lately),
            lastSummaryMs: last(lately.filter(({ kind }) => kind === 'summary')),
          };
          const looked = Math.min(ready, looksAt(recent, atMs, 1_000_000));
          const pace = paceOf({ ready: looked, urgent: Math.min(urgent, looked) }, recent, atMs);
          expect(pace).toBe(paceOf({ ready, urgent }, recent, atMs));
          if (pace === 'wait') break;
          sent.push({ atMs, kind: pace });
          waitedMs = 0;
          ready = pace === 'summary' ? 0 : ready - 1;
          urgent = pace === 'summary' ? 0 : Math.max(0, urgent - 1);
        }
        expect(sent.filter((one) => one.atMs > atMs - windowMs).length).toBeLessThanOrEqual(20);
        expect(waitedMs).toBeLessThanOrEqual(11 * minute);
      }
    }),
    { numRuns: 60 },
  );
});

it('pauses grow from ten seconds to a quarter of an hour', () => {
  const longest = [1, 2, 3, 6, 7, 8, 50].map((failures) => backOffMs(failures, 1) / 1_000);
  expect(longest).toEqual([10, 20, 40, 320, 640, 900, 900]);
  expect(backOffMs(1, 0)).toBe(7_500);
});

const tried = { kind: 'opened', attempts: 1, unknown: 0, firstTriedMs: 0 } as const;
const at = (nowMs: number) => ({ nowMs, random: 1 });

it('a failure that is known to be one is tried for a day by each channel', () => {
  const refused = failed('Slack answers with 503.');
  for (const channel of ['webhook', 'slack', 'email'] as const) {
    expect(afterFailure({ ...tried, channel }, refused, at(24 * 60 * minute)).state).toBe('waiting');
    expect(afterFailure({ ...tried, channel }, refused, at(25 * 60 * minute)).state).toBe('given up');
  }
});

it('what may have arrived is repeated without bound for a webhook, and three times in an hour for Slack and mail', () => {
  const broken = failed('It broke off.', { known: false });
  expect(afterFailure({ ...tried, channel: 'webhook', unknown: 90 }, broken, at(0))).toMatchObject({
    state: 'waiting',
    unknown: 91,
  });
  for (const channel of ['slack', 'email'] as const) {
    const after = [0, 1, 2, 3].map((unknown) => afterFailure({ ...tried, channel, unknown }, broken, at(0)));
    expect(after.map(({ nextMs }) => nextMs / minute)).toEqual([1, 10, 60, 0]);
    expect(after.map(({ state }) => state)).toEqual(['waiting', 'waiting', 'waiting', 'given up']);
  }
});
