import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { verifyAudit } from '@/lib/audit/verify-audit';
import { jobsDirOf } from '@/lib/jobs/process/folder';
import { connectPostgres, type Postgres } from '@/lib/postgres/client';
import { ensureQueue } from '@/lib/postgres/queue';
import { ageOut } from '@/lib/retention/age-out';
import { keepMsOf } from '@/lib/retention/keep';
import { listRetention } from '@/lib/retention/list-retention';
import { keptTables } from '@/lib/retention/sql/kept-tables';
import { retentionRules } from '@/lib/retention/sql/rules';
import { type TestContext, testContext } from '@/tests/support/context';
import { ownerUrlOf, testLog } from '@/tests/support/fresh';
import { retentionCases } from './cases';

let ctx: TestContext;
let owner: Postgres;
let nowMs = Date.now();
beforeAll(async () => {
  ctx = await testContext({ clock: { now: () => nowMs } });
  owner = connectPostgres({ url: ownerUrlOf(ctx.config.postgres.url), log: testLog, application: 'tests' });
});
afterAll(async () => {
  await owner?.close();
  await ctx?.close();
});

const sql = async (text: string, values: unknown[] = []) => (await ctx.db.pool.query(text, values)).rows;

describe('each rule removes what is old, and keeps what is young or needed', () => {
  beforeEach(() => {
    nowMs = Date.now();
  });
  // The owner cleans up, since the console's role may not truncate.
  afterEach(async () => {
    const tables = new Set(retentionRules.map(({ table }) => table));
    await owner.pool.query(`TRUNCATE customers, campaigns, retention_rounds, ${[...tables].join(', ')} CASCADE`);
  });

  it('has a case', () => {
    expect(Object.keys(retentionCases).sort()).toEqual(retentionRules.map(({ name }) => name).sort());
  });

  it.each(retentionRules.map((rule) => [rule.name, rule] as const))('%s', async (name, rule) => {
    const given = retentionCases[name];
    if (!given) throw new Error(`${name} has no case`);
    const days = keepMsOf(ctx.config, rule) / 86_400_000;
    await sql(given.setUp, [days]);
    const left = async () => (await sql(given.left)).map((row) => Object.values(row)[0]);
    const before = await left();
    expect(before).toEqual(expect.arrayContaining([...given.gone, ...given.stay]));
    const removed = await ageOut(ctx);
    expect((await left()).sort()).toEqual([...given.stay].sort());
    expect(removed[name]).toBe(given.gone.length);
  });
});

describe('a round', () => {
  it('removes much in batches, and goes on an hour later where a round is not enough', async () => {
    nowMs = Date.now();
    await sql(`INSERT INTO mutation_samples SELECT 'd', 't', 'h', 'm' || n, now() - interval '3 days', 1,
      now() - interval '3 days', now() - interval '3 days' FROM generate_series(1, 2500) n`);
    expect((await ageOut(ctx))['samples of mutations']).toBe(2_500);
    expect(await ageOut(ctx)).toEqual({});
    nowMs += 3_600_000;
    expect(Object.keys(await ageOut(ctx))).toHaveLength(retentionRules.length);
  });

  it('leaves a rule to the worker that is at it', async () => {
    nowMs += 3_600_000;
    await sql(`INSERT INTO mutation_samples VALUES ('d', 't', 'h', 'one', now() - interval '3 days', 1,
      now() - interval '3 days', now() - interval '3 days')`);
    await ctx.db.transaction(async ({ client }) => {
      await client.query(`SELECT pg_advisory_xact_lock(hashtextextended('retention', 0))`);
      expect((await ageOut(ctx))['samples of mutations']).toBe(0);
    });
    expect((await ageOut(ctx))['samples of mutations']).toBe(1);
  });

  it('that fails for one rule goes on with the others', async () => {
    nowMs += 3_600_000;
    await owner.pool.query('REVOKE DELETE ON sign_in_attempts FROM slc_app');
    const removed = await ageOut(ctx);
    await owner.pool.query('GRANT DELETE ON sign_in_attempts TO slc_app');
    expect(removed).not.toHaveProperty('sign-ins on their way');
    expect(Object.keys(removed)).toHaveLength(retentionRules.length - 1);
  });

  it('is listed with its rows, and every table with its size', async () => {
    const { rules, tables } = await listRetention(ctx);
    expect(rules.find(({ name }) => name === 'samples of mutations')).toMatchObject({
      kept: '24 hours',
      removedTotal: 2_501,
      more: false,
    });
    expect(rules.find(({ name }) => name === 'changes')).toMatchObject({
      kept: '90 days',
      variable: 'SLC_KEEP_CHANGE_DAYS',
    });
    const database = await sql(
      `SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'`,
    );
    expect(tables.map(({ table }) => table).sort()).toEqual(database.map(({ relname }) => relname).sort());
    for (const { table, keptBecause } of tables) expect(keptBecause).toBe(keptTables[table] ?? null);
  });

  it('leaves the audit as it is, and writes nothing into it', async () => {
    nowMs += 3_600_000;
    const rows = async () => (await sql('SELECT count(*) FROM audit'))[0]?.count;
    const before = await rows();
    await ageOut(ctx);
    expect(await rows()).toBe(before);
    // These tests write runs past the console, which the audit names.
    const { findings } = await verifyAudit(ctx);
    expect(findings.filter(({ kind }) => kind !== 'unannounced')).toEqual([]);
  });

  it('has jobs of the queue that ended deleted after a day', async () => {
    const boss = await ctx.queue();
    await ensureQueue(boss, 'retention-test', {
      policy: 'standard',
      expireInSeconds: 60,
      heartbeatSeconds: 10,
      retryLimit: 1,
    });
    const [queue] = await sql(`SELECT deletion_seconds FROM pgboss.queue WHERE name = 'retention-test'`);
    expect(queue).toEqual({ deletion_seconds: 86_400 });
  });

  it('removes folders of Jobs that ended long ago and are of no open run', async () => {
    nowMs = Date.now();
    const jobs = jobsDirOf(ctx.config.dataDir);
    const day = 86_400_000;
    const open = '00000000-0000-4000-8000-0000000000aa';
    await sql(
      `INSERT INTO customers VALUES ('jobs', 'Jobs', 'jobs', 'UTC');
       INSERT INTO backfill_runs (id, customer_id, strategy, from_day, to_day, scope, plan, plan_hash, status, started_by)
       VALUES ('${open}', 'jobs', 'replace', '2026-01-01', '2026-01-02', '{}', '{}', 'x', 'running', 'x')`,
    );
    const folder = (name: string, endedAt: number | null, run: string) => {
      mkdirSync(join(jobs, name), { recursive: true });
      const spec = { name, kind: 'delete', deadlineSeconds: 60, envOverrides: {}, annotations: { run }, labels: {} };
      writeFileSync(join(jobs, name, 'spec.json'), JSON.stringify(spec));
      writeFileSync(join(jobs, name, 'log'), 'a log');
      const exit = { reason: 'exited', exitCode: 0, signal: null, endedAt };
      if (endedAt !== null) writeFileSync(join(jobs, name, 'exit.json'), JSON.stringify(exit));
      utimesSync(join(jobs, name, 'log'), new Date(0), new Date(0));
    };
    folder('delete-old', nowMs - 91 * day, 'another');
    folder('delete-young', nowMs - 89 * day, 'another');
    folder('delete-open', nowMs - 200 * day, open);
    folder('delete-running', null, 'another');
    await ageOut(ctx);
    expect((await readdir(jobs)).sort()).toEqual(['delete-open', 'delete-running', 'delete-young']);
  });
});
