import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ClickHouse } from '@/lib/clickhouse/client';
import type { Context } from '@/lib/context';
import type { CustomerTables } from '@/lib/customers/model';
import { killMutationById } from '@/lib/label-jobs/sql/change';
import { optionalColumns, selectMutationEverywhere, selectUnfinishedMutations } from '@/lib/label-store/sql/look';
import { unfinishedMutations } from '@/lib/label-store/unfinished-mutations';
import { createLog } from '@/lib/log';
import { killPlan } from '@/lib/mutations/plan-kill';
import { type TestContext, testContext } from '@/tests/support/context';
import { label, labelTable } from '@/tests/support/labels';
import { until } from '@/tests/support/until';
import recorded from './two-shards.json';

/** ClickHouse as a cluster of two shards with two replicas each answers; it keeps the statements. */
async function cluster(answer: (sql: string) => { status: number; body: string; code?: string }) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const sql =
        Buffer.concat(chunks).toString('utf8') ||
        (new URL(request.url ?? '/', 'http://x').searchParams.get('query') ?? '');
      asked.push(sql);
      const { status, body, code } = answer(sql);
      if (code) response.setHeader('X-ClickHouse-Exception-Code', code);
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const clickhouse = new ClickHouse({
    url,
    user: { name: 'slc_reader', password: '' },
    log: createLog('test', 'silent'),
  });
  return {
    asked,
    ctx: { clickhouse } as Context,
    close: async () => {
      await clickhouse.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const labels = { database: 'acme', table: 'conversation_with_labels' };
const tables = {
  cluster: 'prod',
  readCluster: 'prod',
  hosts: 4,
  labels: { local: labels, distributed: { ...labels, table: 'conversation_with_labels_d' } },
} as CustomerTables;
const json = (body: unknown) => ({ status: 200, body: JSON.stringify(body) });
const answered = (sql: string) => (sql.includes('system.columns') ? json(recorded.columns) : json(recorded.mutations));

describe('the recorded answer of two shards with two replicas each', () => {
  it('is one row for each host, and an id that two shards have is two mutations', async () => {
    const { ctx, asked, close } = await cluster(answered);
    const found = await unfinishedMutations(ctx, { tables });
    expect(asked.at(-1)).toContain('FROM clusterAllReplicas(`prod`, `system`, `mutations`)');
    expect(found.map((one) => [one.host, one.mutationId, one.health, one.behind, one.waitingBehind])).toEqual([
      ['ch-0-0', '0000000007', 'failing', null, 1],
      ['ch-0-1', '0000000007', 'failing', null, 1],
      ['ch-1-0', '0000000007', 'running', null, 0],
      ['ch-0-0', '0000000008', 'waiting', '0000000007', 0],
      ['ch-0-1', '0000000008', 'waiting', '0000000007', 0],
    ]);
    const wanted = { customerId: 'acme', mutationId: '0000000007' };
    const plans = await Promise.all(['ch-0-1', 'ch-1-0'].map((host) => killPlan(ctx, tables, { ...wanted, host })));
    expect(plans.map((plan) => plan.hosts.map(({ host }) => host))).toEqual([['ch-0-0', 'ch-0-1'], ['ch-1-0']]);
    expect(plans[0]?.hash).not.toBe(plans[1]?.hash);
    expect(plans[0]?.command).not.toBe(plans[1]?.command);
    await close();
  });

  it('is not shown at all while a replica is away: its mutations would be missing', async () => {
    const away = {
      status: 500,
      code: '279',
      body: 'Code: 279. DB::Exception: All connection tries failed. (ALL_CONNECTION_TRIES_FAILED)',
    };
    const { ctx, close } = await cluster((sql) => (sql.includes('system.columns') ? json(recorded.columns) : away));
    await expect(unfinishedMutations(ctx, { tables })).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('prod'),
    });
    await close();
  });

  it('is asked of every replica, and a KILL reaches every host and only that statement', () => {
    const has = new Set(optionalColumns);
    expect(selectMutationEverywhere.text({ cluster: 'prod', has })).toContain(
      'clusterAllReplicas(`prod`, `system`, `mutations`)',
    );
    for (const test of [true, false]) {
      const text = killMutationById.text({ cluster: 'prod', test });
      expect(text).toMatch(
        /^\s*KILL MUTATION ON CLUSTER `prod`\s+WHERE database = \{database:String\}\s+AND table = \{table:String\}\s+AND mutation_id = \{mutation:String\}\s+AND lower\(hex\(SHA256\(command\)\)\) = \{command_sha256:String\}\s+(TEST|ASYNC)$/,
      );
      expect(text.trim().endsWith(test ? 'TEST' : 'ASYNC')).toBe(true);
    }
  });
});

describe('the real engine beside it', () => {
  let ctx: TestContext;
  beforeAll(async () => {
    ctx = await testContext();
  });
  afterAll(() => ctx?.close());

  it('answers the same statement in the same shape, over the cluster and with whatever columns a version has', async () => {
    const table = await labelTable(ctx);
    await table.insert([label()]);
    await table.run(
      "ALTER TABLE $labels UPDATE usecase_id = 'y' WHERE throwIf(1, 'no way') SETTINGS mutations_sync = 0",
    );
    const params = { databases: [table.scope.database], tables: ['conversation_with_labels'] };
    const read = (cluster: string | null, has: ReadonlySet<(typeof optionalColumns)[number]>) =>
      ctx.clickhouse.read(selectUnfinishedMutations, { params, identifiers: { cluster, has } });
    await until('it fails', async () => (await read(null, new Set())).rows[0]?.failReason);
    for (const cluster of [null, 'slc'])
      for (const has of [new Set<never>(), new Set(optionalColumns)]) {
        const { rows } = await read(cluster, has);
        expect(rows).toEqual([
          expect.objectContaining({
            database: table.scope.database,
            partsToDo: 1,
            failReason: expect.stringContaining('no way'),
          }),
        ]);
        expect(rows[0]?.partsInProgress).toEqual(has.size === 0 ? null : expect.any(Number));
      }
    const raw = await ctx.admin.client.query({
      query: selectUnfinishedMutations.text({ cluster: 'slc', has: new Set(optionalColumns) }),
      query_params: params,
      format: 'JSON',
    });
    const engine = await raw.json<Record<string, unknown>>();
    expect(Object.keys(engine.data[0] ?? {})).toEqual(Object.keys(recorded.mutations.data[0] ?? {}));
    expect(engine.meta).toEqual(recorded.mutations.meta);
    await table.run(`KILL MUTATION WHERE database = '${table.scope.database}' ASYNC`);
  });
});
