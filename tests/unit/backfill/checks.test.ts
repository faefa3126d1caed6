import { describe, expect, it } from 'vitest';
import type { Check, CheckInput, Finding } from '@/lib/backfill/plan/checks/input';
import { jobAcceptedCheck, rangeColumnCheck, scheduledLabelerCheck } from '@/lib/backfill/plan/checks/labeler';
import { marginCheck, openLabelsCheck, relabelOnlyCheck } from '@/lib/backfill/plan/checks/scope';
import { diskCheck, distributionQueueCheck, mutationsCheck, replicasCheck } from '@/lib/backfill/plan/checks/table';
import { obstacles } from '@/lib/backfill/plan/pre-checks';
import type { UnitPlan } from '@/lib/backfill/state/plan-model';
import type { CustomerTables } from '@/lib/customers/model';
import { eachFlag } from '@/lib/detection/flags';
import { sumCounts } from '@/lib/detection/sum-model';
import { AppError } from '@/lib/errors';
import type { JobPreview } from '@/lib/jobs/model';
import { tagText } from '@/lib/label-store/model';
import { type Answers, contextOf, RecordedClickHouse } from './recorded';

const local = { database: 'acme', table: 'labels' };
const tables = {
  cluster: 'prod',
  readCluster: 'prod',
  hosts: 4,
  truth: { local, distributed: local, versionColumn: 'update_time', key: [], columns: {}, partitionKey: '' },
  labels: {
    local,
    distributed: { database: 'acme', table: 'labels_d' },
    versionColumn: 'update_time',
    key: ['a', 'b'],
    columns: {},
    keyText: '(a, b)',
    keyIsMutable: true,
    partitionKey: '',
    materialized: [],
    defaulted: [],
    changing: [],
    constraints: [],
  },
} as CustomerTables;
const dayOf = (more: Partial<UnitPlan> = {}) =>
  ({
    unit: '2026-02-10',
    bytesTouched: 4_000_000_000,
    openThatLoseLabel: 0,
    days: [{ day: '2026-02-10', countedAtMs: 0, counts: sumCounts([]) }],
    ...more,
  }) as UnitPlan;
const toMs = Date.parse('2026-02-11T00:00:00Z');
const input = (more: Partial<CheckInput> = {}): CheckInput => ({
  customer: { id: 'acme', displayName: 'Acme', profiles: ['main'], database: 'acme', timeZone: 'UTC' },
  tables,
  strategy: 'replace',
  scope: {
    customerId: 'acme',
    profiles: ['main'],
    database: 'acme',
    timeZone: 'UTC',
    fromDay: '2026-02-10',
    toDay: '2026-02-11',
    fromMs: toMs - 86_400_000,
    toMs,
  },
  units: [dayOf()],
  executed: ['2026-02-10'],
  ...more,
});

const look = (check: Check, answers: Answers, more: Partial<CheckInput> = {}) =>
  check.look(contextOf(answers), input(more));

/** The sentence that tells a person what to do. */
const todo = /[Ww]ait until|Bring|Free|Look|Confirm|confirm|End it|Use|Settle|health page names/;
function isTold(found: Finding, verdict: Finding['verdict'], number: string | RegExp, numbers: Record<string, number>) {
  expect(found).toMatchObject({ verdict, numbers });
  expect(found.sentence).toMatch(number);
  if (verdict !== 'pass') expect(found.sentence).toMatch(todo);
}

const mutation = (command: string, failReason = '', host = 'ch-0') => ({
  database: 'acme',
  table: 'labels',
  host,
  mutation_id: '0000000007',
  command,
  created_seconds: 1,
  parts_to_do: 2,
  parts_in_progress: 0,
  latest_fail_reason: failReason,
  postpone_reason: '',
});
const ours = `(DELETE WHERE '${tagText({ runId: 'run-1', unit: '2026-02-09', attempt: 1 })}' != '')`;
const unfinished = (...found: unknown[]) => ({ rows: { 'label_store.unfinished': found } });

describe('the pre-check of unfinished mutations', () => {
  it('passes with none, and behind our own that goes on, which it names', async () => {
    isTold(await look(mutationsCheck, unfinished()), 'pass', '0 mutations', { unfinished: 0, others: 0 });
    const own = await look(mutationsCheck, unfinished(mutation(ours)));
    isTold(own, 'pass', '1 delete', { unfinished: 1, others: 0 });
    expect(own.sentence).toContain('run-1, 2026-02-09');
  });

  it('fails behind somebody else’s, on whatever replica, and behind our own that fails', async () => {
    const other = await look(mutationsCheck, unfinished(mutation(ours), mutation('(DELETE WHERE 1)', '', 'ch-1')));
    isTold(other, 'fail', '1 mutation of somebody else', { unfinished: 2, others: 1 });
    expect(other.sentence).toContain('0000000007 on ch-1');
    const failing = await look(mutationsCheck, unfinished(mutation(ours, 'no space left')));
    isTold(failing, 'fail', '1 delete of this console fails', { others: 0, failing: 1 });
  });
});

describe('the pre-check of replicas', () => {
  const replicas = (replicas: number, read_only: number, inactive: number, replicated: number, shown = 3) => ({
    rows: { 'backfill.replicas': [{ replicas, read_only, inactive, replicated, shown, servers: 3 }] },
  });
  it.each([
    ['all are active', replicas(3, 0, 0, 3), 'pass', 'All 3 replicas'],
    ['there is one copy on each shard', replicas(0, 0, 0, 0), 'pass', '0 replicas'],
    ['one is read-only', replicas(3, 1, 0, 3), 'fail', '1 of 3 replicas'],
    ['one is away', replicas(3, 0, 2, 3), 'fail', '2 see others missing'],
    ['a replicated table’s server says nothing', replicas(1, 0, 0, 2), 'unknown', '2 servers'],
    ['a server does not show the table at all', replicas(0, 0, 0, 0, 2), 'unknown', '2 of 3 servers'],
  ] as const)('when %s', async (_, answers, verdict, number) => {
    isTold(await look(replicasCheck, answers), verdict, number, {});
  });
});

describe('the pre-check of disk space', () => {
  const disks = (free_bytes: number | null, hosts: number) => ({
    rows: { 'backfill.free_space': [{ free_bytes, hosts }] },
  });
  it('wants twice the parts of the largest day free where it is least', async () => {
    const days = [dayOf({ bytesTouched: 1_000 }), dayOf()];
    isTold(await look(diskCheck, disks(8_000_000_000, 2), { units: days }), 'pass', /8\.0 GB.*8\.0 GB/, {
      freeBytes: 8_000_000_000,
      neededBytes: 8_000_000_000,
    });
    isTold(await look(diskCheck, disks(7_000_000_000, 2), { units: days }), 'fail', 'Free 1.0 GB first', {
      freeBytes: 7_000_000_000,
    });
  });

  it('is unknown when no disk is named, and passes when nothing is rewritten', async () => {
    isTold(await look(diskCheck, disks(null, 0)), 'unknown', '8.0 GB', { hosts: 0 });
    isTold(await look(diskCheck, disks(null, 0), { units: [dayOf({ bytesTouched: 0 })] }), 'pass', '0 B', {});
  });
});

it('the pre-check of the distribution queue fails with files on their way, broken ones too', async () => {
  const queue = (files: number, broken: number) => ({ rows: { 'backfill.distribution_queue': [{ files, broken }] } });
  isTold(await look(distributionQueueCheck, queue(0, 0)), 'pass', '0 files', { files: 0, broken: 0 });
  isTold(await look(distributionQueueCheck, queue(2, 1)), 'fail', '3 files', { files: 2, broken: 1 });
});

it('the pre-check of the CronJob fails while it runs, and is unknown when nobody can tell', async () => {
  isTold(await look(scheduledLabelerCheck, { running: false }), 'pass', 'says so', { running: 0 });
  isTold(await look(scheduledLabelerCheck, { running: true }), 'fail', '1 labeler runs', { running: 1 });
  isTold(await look(scheduledLabelerCheck, { running: null }), 'unknown', 'no labeler', { running: -1 });
});

it('the pre-check of the relabel Job is what the platform says of a dry run', async () => {
  const said = (verdict: JobPreview['verdict']) => ({ preview: { verdict, sentence: 'The platform says it.' } });
  isTold(await look(jobAcceptedCheck, said('pass')), 'pass', '1 unit', { jobs: 1 });
  isTold(await look(jobAcceptedCheck, said('fail')), 'fail', 'The platform says it', { jobs: 1 });
  isTold(await look(jobAcceptedCheck, said('unknown')), 'unknown', '1 relabel Job', { jobs: 1 });
});

it('the pre-check of the safety margin counts minutes, also for a range in the future', async () => {
  const aged = (minutes: number) => look(marginCheck, { nowMs: toMs + minutes * 60_000 });
  isTold(await aged(120), 'pass', '120 minutes', { ageMinutes: 120, marginMinutes: 120 });
  isTold(await aged(119), 'fail', '120 minutes', { ageMinutes: 119 });
  isTold(await aged(-600), 'fail', 'in the future', { ageMinutes: -600 });
});

it('the pre-check of the labeler’s range fails a replace where the labeler selects by the end', async () => {
  const byEnd = { env: { SLC_LABELER_RANGE_COLUMN: 'ended_at' } };
  isTold(await look(rangeColumnCheck, {}), 'pass', '0 differences', { differ: 0 });
  isTold(await look(rangeColumnCheck, byEnd), 'fail', 'by the end', { differ: 1 });
  const ends = (others: number) => ({
    ...byEnd,
    rows: { 'backfill.end_range': [{ closed: 5, first_ms: toMs - 5_000, last_ms: toMs + 5_000, others }] },
  });
  isTold(await look(rangeColumnCheck, ends(0), { strategy: 'no-gap' }), 'pass', '0 others', { differ: 0, others: 0 });
  isTold(await look(rangeColumnCheck, ends(2), { strategy: 'no-gap' }), 'unknown', '2 conversations of other days', {
    others: 2,
  });
});

it('the pre-check of open conversations asks for a confirmation with their number', async () => {
  isTold(await look(openLabelsCheck, {}), 'pass', '0 open', { open: 0 });
  isTold(await look(openLabelsCheck, {}, { units: [dayOf({ openThatLoseLabel: 3 })] }), 'unknown', '3 open', {
    open: 3,
  });
});

it('the pre-check of a relabel alone fails where labels would become duplicates', async () => {
  const flags = { ...eachFlag(() => 0), wrongAgent: 2, wrongUseCase: 4, wrongEndHour: 1, duplicate: 1, orphan: 1 };
  const moved = dayOf({ days: [{ day: '2026-02-10', countedAtMs: 0, counts: { ...sumCounts([]), flags } }] });
  const only = { strategy: 'relabel-only' } as const;
  isTold(await look(relabelOnlyCheck, {}, only), 'pass', '0 labels', { moved: 0, kept: 0 });
  isTold(await look(relabelOnlyCheck, {}, { ...only, units: [moved] }), 'fail', '3 labels', { moved: 3, kept: 2 });
});

it('unknown stands in the way until it is confirmed, and a failure whatever is confirmed', () => {
  const check = (id: string, verdict: 'pass' | 'fail' | 'unknown') => ({
    id,
    title: id,
    verdict,
    sentence: '',
    numbers: {},
  });
  const checks = [check('a', 'pass'), check('b', 'unknown'), check('c', 'fail')];
  expect(obstacles(checks, []).map((one) => one.id)).toEqual(['b', 'c']);
  expect(obstacles(checks, ['a', 'b', 'c']).map((one) => one.id)).toEqual(['c']);
});

it('an engine that does not answer is unknown, never a pass', async () => {
  const { runPreChecks } = await import('@/lib/backfill/plan/pre-checks');
  const away = new AppError('unavailable', 'ClickHouse does not answer.');
  const refuse = (): never => {
    throw away;
  };
  const ctx = { ...contextOf({}), clickhouse: new RecordedClickHouse(refuse), launcher: async () => refuse() };
  const found = await runPreChecks(ctx, input());
  const looked = ['safety-margin', 'open-labels', 'relabel-only', 'range-column', 'orphans'];
  for (const check of found) {
    expect(Object.keys(check.numbers), check.id).not.toEqual([]);
    if (looked.includes(check.id)) continue;
    expect(check.verdict, check.id).toBe('unknown');
    expect(check.sentence, check.id).toMatch(todo);
  }
  expect(found.length).toBeGreaterThanOrEqual(13);
});

it('is no answer where nobody waits for it any more', async () => {
  const { runPreChecks } = await import('@/lib/backfill/plan/pre-checks');
  const cutOff = (): never => {
    throw new Error('The user aborted a request.');
  };
  const clickhouse = new RecordedClickHouse(cutOff).within({ signal: AbortSignal.abort(new Error('stopped')) });
  await expect(runPreChecks({ ...contextOf({}), clickhouse }, input())).rejects.toThrow('The user aborted a request.');
});
