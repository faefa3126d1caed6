import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stepNames, strategyNames, type WorkStatus } from '@/lib/backfill/state/name-model';
import { percentOf } from '@/lib/backfill/state/progress-model';
import {
  type MutationSample,
  mutationProgress,
  mutationProgressOn,
  withSample,
} from '@/lib/backfill/state/samples-model';
import { states } from '@/lib/backfill/state/states';
import { pathOf } from '@/lib/backfill/state/ways';
import { paceOf, type Size, type UnitTimes } from '@/lib/backfill/view/pace-model';
import { type BegunUnit, progressOf, type RunWork, type UnitSums } from '@/lib/backfill/view/progress-model';

const at = Date.UTC(2026, 2, 1);
const sizeOf = (rows: number): Size => ({ rows, conversations: rows, bytes: 100 * rows, restoredRows: rows });
const nothing: UnitSums = { units: 0, withRows: 0, ...sizeOf(0) };
const sums = (units: number, rows: number): UnitSums => ({ units, withRows: units, ...sizeOf(units * rows) });

/** A unit that took a second a step, and one more for each 1,000 rows in the relabel. */
const took = (rows: number, more: Partial<UnitTimes> = {}): UnitTimes => {
  const seconds = { check: 1, snapshot: 0, backup: 1, delete: 1, mutation: 1, relabel: 1 + rows / 1_000, verify: 1 };
  const total = Object.values(seconds).reduce((sum, one) => sum + one, 0);
  return { isOwn: true, size: sizeOf(rows), startedAtMs: at, endedAtMs: at + 1_000 * total, seconds, ...more };
};
const begun = (status: WorkStatus, more: Partial<BegunUnit> = {}): BegunUnit => ({
  strategy: 'replace',
  size: sizeOf(1_000),
  hasRows: true,
  status,
  isStopped: false,
  steps: [{ step: states[status].step, startedAtMs: at }],
  mutation: null,
  ...more,
});
const work = (more: Partial<RunWork> = {}): RunWork => ({
  strategy: 'replace',
  isPaused: false,
  planned: nothing,
  verified: nothing,
  begun: [],
  measured: [took(1_000), took(3_000)],
  snapshotSeconds: 0,
  nowMs: at,
  ...more,
});

describe('the pace', () => {
  it('is the fixed seconds of a unit and those of each row, for each step, as far as the sizes tell them apart', () => {
    const pace = paceOf([took(1_000), took(2_000), took(9_000)]);
    expect(pace.steps.check.unitSeconds).toBeCloseTo(1, 1);
    expect(pace.steps.relabel.unitSeconds).toBeCloseTo(1, 0);
    expect(pace.steps.relabel.sizeSeconds * 1_000).toBeCloseTo(1, 0);
    expect(pace.isMeasured).toBe(true);
  });

  it('believes the units of the run more than those of earlier runs', () => {
    const slow = { ...took(1_000).seconds, backup: 100 };
    const former = Array.from({ length: 5 }, () => took(1_000, { isOwn: false, seconds: slow }));
    const alone = paceOf(former).steps.backup;
    expect(alone.unitSeconds + 1_000 * alone.sizeSeconds).toBeCloseTo(100);
    const both = paceOf([...former, took(1_000), took(1_000), took(1_000)]).steps.backup;
    expect(both.unitSeconds + 1_000 * both.sizeSeconds).toBeLessThan(20);
  });

  it('has no negative part, whatever was measured', () => {
    const unit = fc.record({ rows: fc.nat(1e7), seconds: fc.double({ min: 0, max: 1e5, noNaN: true }) });
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 20 }), (units) => {
        const measured = units.map(({ rows, seconds }) =>
          took(rows, { seconds: Object.fromEntries(stepNames.map((step) => [step, seconds])) }),
        );
        for (const { unitSeconds, sizeSeconds } of Object.values(paceOf(measured).steps)) {
          expect(unitSeconds).toBeGreaterThanOrEqual(-1e-6);
          expect(sizeSeconds).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });

  it('does not take a pause between two units for their pace', () => {
    const later = (ms: number) => took(1_000, { startedAtMs: at + ms, endedAtMs: at + ms + 7_000 });
    expect(paceOf([took(1_000), later(7_400)]).waitSeconds).toBeCloseTo(0.4, 1);
    expect(paceOf([took(1_000), later(3_600_000)]).waitSeconds).toBe(0);
  });
});

describe('the progress of a run', () => {
  it('weighs units by their rows, and says how long the rest takes', () => {
    const { run } = progressOf(work({ verified: sums(2, 2_000), planned: sums(2, 2_000) }));
    expect(percentOf(run)).toBe(50);
    expect(run.secondsLeft).toBeCloseTo(2 * 8, 0);
    const large = progressOf(work({ verified: sums(2, 2_000), planned: sums(1, 100_000) })).run;
    expect(percentOf(large)).toBeLessThan(20);
  });

  it('shows no time left before anything was measured, while it is paused, and while a unit needs attention', () => {
    const planned = sums(3, 1_000);
    const left = (more: Partial<RunWork>) => progressOf(work({ planned, ...more })).run.secondsLeft;
    expect(left({})).toBeGreaterThan(0);
    expect(left({ measured: [] })).toBeNull();
    expect(left({ isPaused: true })).toBeNull();
    expect(left({ begun: [begun('relabelling', { isStopped: true })] })).toBeNull();
  });

  it('takes the time left of a mutation from its bytes', () => {
    const mutation = { done: 25, of: 100, secondsLeft: 600 };
    const [unit] = progressOf(work({ begun: [begun('waiting for mutation', { mutation })] })).begun;
    expect(unit?.secondsLeft).toBeGreaterThan(600);
    expect(unit?.secondsLeft).toBeLessThan(620);
  });

  it('knows no time left of a mutation that does nothing for longer than it should take', () => {
    const mutation = { done: 0, of: 100, secondsLeft: null };
    const left = (seconds: number) =>
      progressOf(work({ begun: [begun('waiting for mutation', { mutation })], nowMs: at + seconds * 1_000 })).run
        .secondsLeft;
    expect(left(2)).toBeGreaterThan(0);
    expect(left(60)).toBeNull();
  });

  it('expects a step that overruns to take longer still', () => {
    const left = (seconds: number) =>
      progressOf(work({ begun: [begun('verifying')], nowMs: at + seconds * 1_000 })).run.secondsLeft ?? 0;
    expect(left(0.5)).toBeLessThan(left(0));
    expect(left(1_000)).toBeGreaterThan(left(100));
  });

  const anyWork = fc
    .record({
      strategy: fc.constantFrom(...strategyNames),
      hasRows: fc.boolean(),
      planned: fc.nat(50),
      verified: fc.nat(50),
      rows: fc.nat(1e6),
      seconds: fc.array(fc.double({ min: 0, max: 1e4, noNaN: true }), { maxLength: 6 }),
      elapsed: fc.nat(1e6),
      at: fc.nat(10),
    })
    .map(({ seconds, ...one }) => {
      const path = pathOf(one);
      const measured = seconds.map((each) =>
        took(one.rows, { seconds: Object.fromEntries(stepNames.map((step) => [step, each])) }),
      );
      return {
        path,
        position: one.at % path.length,
        of: (status: WorkStatus | null, elapsedMs: number, verified = one.verified): RunWork =>
          work({
            strategy: one.strategy,
            planned: sums(one.planned, one.rows),
            verified: sums(verified, one.rows),
            begun: status
              ? [begun(status, { strategy: one.strategy, hasRows: one.hasRows, size: sizeOf(one.rows) })]
              : [],
            measured,
            nowMs: at + elapsedMs,
          }),
        elapsed: one.elapsed,
      };
    });

  it('is never negative and never above what there is to do, and 100 % is never shown', () => {
    fc.assert(
      fc.property(anyWork, ({ path, position, of, elapsed }) => {
        const { run, begun: units } = progressOf(of(path[position] ?? 'checking', elapsed));
        for (const { done, of: all, secondsLeft } of [run, ...units]) {
          expect(done).toBeGreaterThanOrEqual(0);
          expect(done).toBeLessThanOrEqual(all + 1e-6);
          if (secondsLeft !== null) expect(secondsLeft).toBeGreaterThanOrEqual(0);
        }
        expect(percentOf(run)).toBeLessThan(100);
      }),
    );
  });

  it('never falls with time, with the next state, or with a verified unit, at the same pace', () => {
    const shareOf = (one: RunWork) => {
      const { done, of } = progressOf(one).run;
      return of === 0 ? 0 : done / of;
    };
    fc.assert(
      fc.property(anyWork, fc.nat(1e6), ({ path, position, of, elapsed }, more) => {
        const status = path[position] ?? 'checking';
        const now = shareOf(of(status, elapsed));
        expect(shareOf(of(status, elapsed + more))).toBeGreaterThanOrEqual(now - 1e-9);
        const next = path.slice(position + 1).find((one) => states[one].step !== states[status].step);
        if (next) expect(shareOf(of(next, 0))).toBeGreaterThanOrEqual(now - 1e-9);
      }),
    );
  });
});

describe('the progress of a mutation', () => {
  const sample = (seconds: number, ...bytes: number[]): MutationSample => ({
    atMs: at + 1_000 * seconds,
    hosts: bytes.flatMap((one, host) => (one > 0 ? [{ host: `host ${host}`, bytes: one }] : [])),
  });
  const seen = (...samples: MutationSample[]) => samples.reduce(withSample, [] as MutationSample[]);

  it('is by bytes, from the last sample before the first part was done', () => {
    const samples = seen(sample(0, 1_000), sample(60, 1_000), sample(70, 900));
    expect(mutationProgress(samples, at + 70_000)).toEqual({ done: 100, of: 1_000, secondsLeft: 90 });
  });

  it('says no time left before a part is done, and when nobody looked for a minute', () => {
    expect(mutationProgress(seen(sample(0, 1_000)), at)).toEqual({ done: 0, of: 1_000, secondsLeft: null });
    const samples = seen(sample(0, 1_000), sample(10, 500));
    expect(mutationProgress(samples, at + 75_000)).toEqual({ done: 500, of: 1_000, secondsLeft: null });
    expect(mutationProgress([], at)).toBeNull();
  });

  it('is that of each host, and of all hosts as long as the slowest one takes', () => {
    const samples = seen(sample(0, 1_000, 1_000), sample(10, 500, 900));
    expect(mutationProgressOn('host 0', samples, at + 10_000)?.secondsLeft).toBe(10);
    expect(mutationProgressOn('host 1', samples, at + 10_000)?.secondsLeft).toBe(90);
    expect(mutationProgress(samples, at + 10_000)).toEqual({ done: 600, of: 2_000, secondsLeft: 90 });
    const done = seen(...samples, sample(20, 0, 800));
    expect(mutationProgressOn('host 0', done, at + 20_000)).toEqual({ done: 1_000, of: 1_000, secondsLeft: 0 });
    expect(mutationProgressOn('host 9', done, at)).toBeNull();
  });

  it('keeps few samples of a long mutation, and stays right', () => {
    fc.assert(
      fc.property(fc.integer({ min: 20, max: 3_000 }), fc.integer({ min: 0, max: 500 }), (looks, waits) => {
        const all = Array.from({ length: looks + waits }, (_, look) =>
          sample(look, looks + 1 - Math.max(0, look - waits)),
        );
        const samples = seen(...all);
        expect(samples.length).toBeLessThanOrEqual(16);
        const progress = mutationProgress(samples, samples.at(-1)?.atMs ?? 0);
        expect(progress?.of).toBe(looks + 1);
        expect(progress?.secondsLeft).toBeCloseTo((samples.at(-1)?.hosts[0]?.bytes ?? 0) * 1, 6);
      }),
    );
  });
});
