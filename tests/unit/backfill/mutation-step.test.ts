import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { z } from 'zod';
import type { StepResult } from '@/lib/backfill/repair/advance';
import { mutationStep } from '@/lib/backfill/repair/steps/mutation';
import { planned } from '@/lib/backfill/state/machine';
import type { RepairStrategy } from '@/lib/backfill/state/name-model';
import type { UnitPlan } from '@/lib/backfill/state/plan-model';
import type { WorkRow } from '@/lib/backfill/state/sql/items';
import { systemClock } from '@/lib/clock';
import type { Context } from '@/lib/context';
import { tagText } from '@/lib/label-store/model';
import type { Db } from '@/lib/postgres/client';
import { contextOf, RecordedClickHouse } from './recorded';

const columns = ['customer_id', 'profile_id', 'conversation_id', 'agent_user_id', 'usecase_id']
  .map((name) => ({ name, type: 'String' }))
  .concat(
    ['conversation_start_time', 'conversation_end_time', 'update_time'].map((name) => ({
      name,
      type: 'DateTime64(3)',
    })),
  );
const truth = 'conversation';
const labels = 'conversation_with_labels';
/** The catalogue of a cluster of two shards with two replicas each, and a session with Keeper. */
const catalogue: Record<string, unknown[]> = {
  'customers.catalogue_tables': [truth, labels].flatMap((name) => [
    {
      database: 'acme',
      name,
      engine: 'ReplicatedReplacingMergeTree',
      engine_full: "ReplicatedReplacingMergeTree('/tables/{shard}', '{replica}', update_time) ORDER BY conversation_id",
      sorting_key: 'customer_id, conversation_id, agent_user_id',
      partition_key: '',
      create_table_query: `CREATE TABLE acme.${name} () ENGINE = ReplicatedReplacingMergeTree`,
    },
    {
      database: 'acme',
      name: `${name}_d`,
      engine: 'Distributed',
      engine_full: `Distributed('prod', 'acme', '${name}', rand())`,
      sorting_key: '',
      partition_key: '',
      create_table_query: `CREATE TABLE acme.${name}_d () ENGINE = Distributed`,
    },
  ]),
  'customers.catalogue_columns': [truth, `${truth}_d`, labels, `${labels}_d`].flatMap((table) =>
    columns.map((column) => ({ database: 'acme', table, ...column, default_kind: '', default_expression: '' })),
  ),
  'customers.catalogue_clusters': [1, 0, 0, 0].map((is_local) => ({
    cluster: 'prod',
    is_local,
    default_database: '',
    has_keeper: 1,
  })),
  'label_store.columns': [],
};

const tag = { runId: '7b0e36cc-45fb-4c46-8b0c-79b9d1dfd1d6', unit: '2026-02-10' };
const submittedMs = Date.parse('2026-02-12T00:00:00Z');
/** What a host lists: the delete of this attempt, done or with parts to do. */
const listed = (host: string, partsToDo = 0, attempt = 1) => ({
  host,
  mutation_id: '0000000007',
  created_seconds: submittedMs / 1_000,
  parts_to_do: partsToDo,
  is_done: partsToDo === 0 ? 1 : 0,
  killed: 0,
  latest_fail_reason: '',
  tag: `'${tagText({ ...tag, attempt })}'`,
});
const hosts = ['ch-0-0', 'ch-0-1', 'ch-1-0', 'ch-1-1'];
const allBut = (missing: string) => hosts.filter((host) => host !== missing);

type Look = { mutations: ReturnType<typeof listed>[]; rows?: number };

/**
 * Runs the step at a cluster that answers so, `seconds` after it began. Returns its result, when it ended, and what the
 * page said meanwhile.
 */
async function waited(lookAt: (seconds: number) => Look, strategy: RepairStrategy = 'replace') {
  const begunAt = performance.now();
  const seconds = () => (performance.now() - begunAt) / 1_000;
  const said: string[] = [];
  const answers = (name: string): unknown[] => {
    if (name === 'label_store.progress') return lookAt(seconds()).mutations;
    if (name === 'label_store.count_scope_rows' || name === 'label_store.count_listed')
      return [{ rows: lookAt(seconds()).rows ?? 0 }];
    return catalogue[name] ?? [];
  };
  const query = async ({ name, row }: { name: string; row: z.ZodType }, params: { sentence: string }) => {
    if (name === 'backfill.note_step') said.push(params.sentence);
    return name === 'backfill.begin_step' ? [row.parse({ job_spec: null })] : [];
  };
  const ctx: Context = {
    ...contextOf({}),
    clock: systemClock,
    clickhouse: new RecordedClickHouse(answers),
  };
  ctx.db.query = query as unknown as Db['query'];
  const dayMs = Date.parse('2026-02-10T00:00:00Z');
  const row = {
    ...tag,
    itemId: 'i',
    claim: null,
    version: 1,
    begun: ['delete'],
    plan: { unit: tag.unit, labelRows: 50 } as UnitPlan,
    scope: {
      customerId: 'acme',
      profiles: ['main'],
      database: 'acme',
      timeZone: 'UTC',
      fromDay: '2026-02-10',
      toDay: '2026-02-11',
      fromMs: dayMs,
      toMs: dayMs + 86_400_000,
    },
    state: {
      ...planned(strategy, 50),
      status: 'waiting for mutation',
      attempt: 1,
      wrongRows: strategy === 'no-gap' ? { attempt: 1, rows: 17, hash: '0' } : null,
    },
  } as unknown as WorkRow;
  let result: StepResult | undefined;
  let endedAfter = 0;
  const running = mutationStep({ ctx, row, signal: new AbortController().signal }).then((found) => {
    result = found;
    endedAfter = seconds();
  });
  await vi.runAllTimersAsync();
  await running;
  return { result, endedAfter, said };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('the delete of a unit is over once every host of the cluster lists it as done and no row is left', async () => {
  const { result, endedAfter, said } = await waited((seconds) => ({
    mutations: hosts.map((host) => listed(host, seconds < 60 ? 2 : 0)),
    rows: seconds < 60 ? 50 : 0,
  }));
  expect(result?.event).toEqual({ kind: 'rows gone' });
  expect(result?.evidence).toEqual({ deletedRows: 50, rowsLeft: 0 });
  expect(endedAfter).toBeGreaterThanOrEqual(60);
  expect(said).toEqual(['8 parts to do on 4 replicas.']);
});

it('a host that lists the delete late is waited for, since it could take the labels that are written meanwhile', async () => {
  const { result, endedAfter, said } = await waited((seconds) => ({
    mutations: (seconds < 20 ? allBut('ch-1-1') : hosts).map((host) => listed(host)),
  }));
  expect(result?.event).toEqual({ kind: 'rows gone' });
  expect(endedAfter).toBeGreaterThanOrEqual(20);
  expect(said).toEqual(['1 host of the cluster does not list the delete yet. Waiting for it.']);
});

it.each([
  ['replace', { labels: 'half deleted', marks: ['gap from'] }],
  ['no-gap', { labels: 'written', marks: [] }],
] as const)(
  'a host that never lists it stops "%s", though no row is left, and says what to look at',
  async (strategy, left) => {
    const { result, endedAfter } = await waited(
      () => ({ mutations: allBut('ch-1-1').map((host) => listed(host)) }),
      strategy,
    );
    expect(endedAfter).toBeGreaterThanOrEqual(30);
    expect(endedAfter).toBeLessThan(40);
    expect(result).toMatchObject({
      event: { kind: 'failed', remedy: 'retry', labels: left.labels },
      numbers: { hostsToCome: 1 },
      marks: left.marks,
      gapFromMs: submittedMs,
    });
    expect(result?.sentence).toMatch(
      /^No row is left, but 1 host of the cluster’s 4 does not list the delete, and could still execute it after the labels are back\. Look at system\.distributed_ddl_queue/,
    );
  },
);

it('a host that lists only the delete of an earlier attempt still has the newest one to come', async () => {
  const { result } = await waited(() => ({
    mutations: [...hosts.map((host) => listed(host)), ...allBut('ch-0-1').map((host) => listed(host, 0, 2))],
  }));
  expect(result?.numbers).toEqual({ hostsToCome: 1 });
});

it('rows that are left on some replica are counted, also where a host is still to come', async () => {
  const { result, said } = await waited(() => ({ mutations: allBut('ch-1-1').map((host) => listed(host)), rows: 3 }));
  expect(said).toEqual(['3 rows left on some replica. Waiting for it.']);
  expect(result).toMatchObject({
    event: { kind: 'failed', labels: 'half deleted' },
    evidence: { deletedRows: 47, rowsLeft: 3 },
  });
});
