import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CampaignCustomerStatus } from '@/lib/campaigns/state/campaign-model';
import { campaignProgress } from '@/lib/campaigns/view/progress';

type Customer = Parameters<typeof campaignProgress>[0][number];
const plan = (seconds: number): Customer['plan'] => ({ seconds });
const customer = (status: CampaignCustomerStatus, wave: number | null, more: Partial<Customer> = {}): Customer => ({
  status,
  wave,
  plan: plan(100),
  progress: null,
  tookSeconds: null,
  ...more,
});
const verified = (wave: number, tookSeconds: number) => customer('verified', wave, { tookSeconds });
const running = (done: number, of: number, secondsLeft: number | null) => ({ progress: { done, of, secondsLeft } });
const progress = (customers: Customer[], concurrency = 2, status: 'running' | 'paused' | 'stopping' = 'running') =>
  campaignProgress(customers, { status, concurrency });

describe('the progress of a campaign', () => {
  it('is there only while it runs, is paused or stops', () => {
    for (const status of ['planning', 'planned', 'ended'] as const)
      expect(campaignProgress([customer('waiting', 0)], { status, concurrency: 1 })).toBeNull();
  });

  it('knows no time left before a customer was measured, or while it is paused', () => {
    expect(progress([customer('waiting', 0), customer('waiting', 1)])).toEqual({ done: 0, of: 200, secondsLeft: null });
    const customers = [verified(0, 50), customer('waiting', 1)];
    expect(progress(customers, 1, 'paused')).toEqual({ done: 100, of: 200, secondsLeft: null });
  });

  it('takes one wave after the other, so many customers at a time, at the pace of those that are done', () => {
    const customers = [verified(0, 50), ...[1, 1, 1, 2, 2].map((wave) => customer('waiting', wave))];
    expect(progress(customers, 2)?.secondsLeft).toBe(100 + 50);
    expect(progress(customers, 1)?.secondsLeft).toBe(250);
    expect(progress(customers, 9)?.secondsLeft).toBe(100);
  });

  it('counts what is left of those under way, and lets the next begin when one ends', () => {
    const customers = [
      verified(0, 100),
      customer('running', 1, running(90, 100, 10)),
      customer('running', 1, running(40, 100, 60)),
      customer('waiting', 1),
    ];
    expect(progress(customers)).toEqual({ done: 100 + 90 + 40, of: 400, secondsLeft: 110 });
  });

  it('leaves out who is left out, and takes who is set aside as done and who needs attention as waiting for a person', () => {
    const customers = [
      verified(0, 100),
      customer('left out', null, { plan: null }),
      customer('set aside', 1),
      customer('needs attention', 1, running(30, 100, null)),
      customer('waiting', 1),
    ];
    expect(progress(customers)).toEqual({ done: 230, of: 400, secondsLeft: 100 });
  });

  it('that stops is only what is under way', () => {
    const customers = [verified(0, 100), customer('running', 1, running(50, 100, 50)), customer('waiting', 1)];
    expect(progress(customers, 2, 'stopping')).toEqual({ done: 150, of: 200, secondsLeft: 50 });
  });

  it('is never negative or above what there is to do, and never falls when a customer ends', () => {
    const any = fc.record({
      status: fc.constantFrom<CampaignCustomerStatus>('waiting', 'starting', 'running', 'verified', 'set aside'),
      wave: fc.nat(3),
      seconds: fc.nat(1e5),
      done: fc.nat(100),
      left: fc.option(fc.nat(1e5)),
      took: fc.nat(1e5),
    });
    fc.assert(
      fc.property(
        fc.array(any, { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 1, max: 5 }),
        (rows, concurrency) => {
          const customers = rows.map(({ status, wave, seconds, done, left, took }) =>
            customer(status, wave, {
              plan: plan(seconds),
              progress: status === 'running' ? { done, of: 100, secondsLeft: left } : null,
              tookSeconds: status === 'verified' ? took : null,
            }),
          );
          const now = progress(customers, concurrency);
          expect(now?.done).toBeGreaterThanOrEqual(0);
          expect(now?.done).toBeLessThanOrEqual(now?.of ?? 0);
          expect(now?.secondsLeft ?? 0).toBeGreaterThanOrEqual(0);
          const [first, ...rest] = customers;
          const then = progress([{ ...(first as Customer), status: 'verified', tookSeconds: 1 }, ...rest], concurrency);
          expect(then?.done).toBeGreaterThanOrEqual(now?.done ?? 0);
          expect(then?.of).toBe(now?.of);
        },
      ),
    );
  });
});
