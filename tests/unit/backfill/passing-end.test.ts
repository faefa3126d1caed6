import { describe, expect, it } from 'vitest';
import { endedPassing, spacingMs } from '@/lib/backfill/repair/passing-end';
import { type ItemState, next, passingMs, planned, triesMax } from '@/lib/backfill/state/machine';
import type { JobStatus } from '@/lib/jobs/model';

const ended = (exitCode: number): JobStatus => ({
  ...{ name: 'relabel-x', state: 'failed', sentence: 'Failed.', exitCode },
  ...{ startedAt: 0, endedAt: 1 },
});
const relabelling: ItemState = { ...planned('replace', 50), status: 'relabelling' };

describe('a Job that failed', () => {
  it.each([
    'Code: 516. DB::Exception: slc_labeler: Authentication failed: password is incorrect. (AUTHENTICATION_FAILED)',
    'clickhouse_driver.errors.ServerException: Code: 202. Too many simultaneous queries. Maximum: 100',
    'psycopg2.OperationalError: FATAL:  password authentication failed for user "labeler"',
    'FATAL: sorry, too many clients already',
    'pq: the database system is shutting down',
    'dial tcp 10.0.0.7:9000: connect: connection refused',
    'read tcp 10.0.0.7:9000: i/o timeout',
    '<html><head><title>502 Bad Gateway</title></head></html>',
    'Error: getaddrinfo EAI_AGAIN clickhouse',
    'ClickHouse does not answer: it has no memory to spare. Nothing was changed by this request.',
  ])('with the words "%s" failed in passing', (line) => {
    expect(endedPassing(ended(1), `labelling\n${line}\n`, false)).toBe(true);
  });

  it.each([
    'KeyError: agent_user_id',
    'the labeler cannot reach its source',
    'Code: 60. DB::Exception: Unknown table',
    'labeled 502 conversations in 429 ms',
  ])('with the words "%s" did not', (line) => {
    expect(endedPassing(ended(1), `${line}\n`, false)).toBe(false);
  });

  it('of our own is judged by its exit code first', () => {
    expect(endedPassing(ended(7), '', true)).toBe(true);
    expect(endedPassing(ended(4), '', true)).toBe(true);
    expect(endedPassing(ended(3), 'connection refused', true)).toBe(false);
  });
});

describe('a step whose Jobs fail in passing', () => {
  const died = (passingAtMs?: number) => ({ kind: 'job died' as const, sentence: 'no', passingAtMs });

  it('is tried again for ten minutes, each time under a new name, and uses up no try', () => {
    let state: ItemState = relabelling;
    for (let atMs = 0; atMs < passingMs; atMs += 60_000) state = next(state, died(1_000 + atMs)) ?? state;
    expect(state).toMatchObject({ status: 'relabelling', attempt: 11, tries: 1, passingSinceMs: 1_000 });
    const over = next(state, died(1_000 + passingMs));
    expect(over).toMatchObject({ status: 'needs attention', failedIn: 'relabelling', labels: 'gone' });
    expect(over).toMatchObject({ sentence: 'no It was tried for 10 minutes.' });
    expect(next(state, { kind: 'relabelled' })).toMatchObject({ passingSinceMs: null });
  });

  it('uses up a try where the Job itself ran for longer than that, as on nodes that are drained in turn', () => {
    const evicted = (atMs: number) => ({ ...died(atMs), ranLong: true });
    const first = next(relabelling, evicted(0));
    expect(first).toMatchObject({ attempt: 2, tries: 1 });
    const second = first && next(first, evicted(passingMs + 1));
    expect(second).toMatchObject({ status: 'relabelling', attempt: 3, tries: 2 });
    expect(second).toMatchObject({ passingSinceMs: null });
  });

  it('leaves time between two attempts, more and more of it, and some where the reason is not known', () => {
    const passing = { ...relabelling, passingSinceMs: 0 };
    expect([0, 10_000, 60_000, 500_000].map((nowMs) => spacingMs(passing, nowMs))).toEqual([
      2_000, 5_000, 30_000, 60_000,
    ]);
    expect([1, 2, triesMax].map((tries) => spacingMs({ ...relabelling, tries }, 0))).toEqual([0, 2_000, 8_000]);
  });
});
