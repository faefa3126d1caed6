import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { listAudit } from '@/lib/audit/list-audit';
import { recordAudit } from '@/lib/audit/record-audit';
import { verifyAudit } from '@/lib/audit/verify-audit';
import { listCustomers } from '@/lib/customers/list-customers';
import { type RunningPostgres, startPostgres } from '@/lib/embedded/postgres/start';
import { migrationsFolder } from '@/lib/embedded/root';
import { connectPostgres, type Postgres } from '@/lib/postgres/client';
import { isMigration, migrate } from '@/lib/postgres/migrate';
import { startQueue } from '@/lib/postgres/queue';
import { testLog as log } from '@/tests/support/fresh';

const folder = mkdtempSync(join(tmpdir(), 'slc-upgrade-'));
const lastOld = '0005';
const all = readdirSync(migrationsFolder()).filter(isMigration).sort();
let running: RunningPostgres | undefined;
let app: Postgres;
let ran: string[];

const start = () => startPostgres({ dataDir: folder, log, durable: false });
const poolOf = (url: string) => connectPostgres({ url, log, application: 'tests', connectionsMax: 2 });
const queueOf = (url: string) => startQueue({ url, log, application: 'tests', worker: false });
const numberOf = (migration: string) => migration.slice(0, lastOld.length);

/** A data folder as the last release left it whose web and worker worked as "console", the owner of the tables. */
async function makeOldFolder(): Promise<void> {
  const made = await start();
  const admin = poolOf(made.adminUrl('console'));
  await admin.pool.query('DROP OWNED BY slc_app; DROP ROLE slc_app');
  await admin.close();
  const old = join(folder, 'old-migrations');
  mkdirSync(old);
  for (const name of all.filter((each) => numberOf(each) <= lastOld))
    copyFileSync(join(migrationsFolder(), name), join(old, name));
  await migrate({ url: made.ownerUrl, ownerUrl: '', folder: old, log, application: 'tests' });
  const queue = await queueOf(made.ownerUrl);
  await queue.createQueue('kept');
  await queue.send('kept', { from: 'before' });
  await queue.stop({ graceful: false });
  const owner = poolOf(made.ownerUrl);
  await owner.pool.query(`
    INSERT INTO customers (id, display_name, database_name, time_zone) VALUES ('acme', 'Acme', 'acme', 'UTC');
    INSERT INTO customer_profiles VALUES ('acme', 'main');
    INSERT INTO audit (actor, role, via, request_id, action, customer_id, subject, detail) VALUES
      ('anna', 'operator', 'web', 'r1', 'customers.add', 'acme', 'acme', '{}'),
      ('anna', 'operator', 'web', 'r2', 'backfill.start', 'acme', 'b8a3ba5e-4a36-4a52-a1fc-3f41f3f3a0b5',
        '{"planHash": "abc", "fromDay": "2026-02-10", "toDay": "2026-02-11"}')`);
  await owner.close();
  await made.stop();
  const path = join(folder, 'postgres.json');
  const keys = JSON.parse(readFileSync(path, 'utf8'));
  delete keys.passwords.slc_app;
  writeFileSync(path, JSON.stringify(keys));
}

beforeAll(async () => {
  chmodSync(folder, 0o755);
  await makeOldFolder();
  running = await start();
  const { url, ownerUrl } = running;
  ran = await migrate({ url, ownerUrl, folder: migrationsFolder(), log, application: 'tests' });
  app = poolOf(url);
});
afterAll(async () => {
  await app?.close();
  await running?.stop();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
});

it('a folder of before the roles were split is migrated by what it lacks alone', () => {
  expect(ran).toEqual(all.filter((name) => numberOf(name) > lastOld));
  expect(ran.length).toBeGreaterThan(4);
});

it('the role that the console works as afterwards owns no table but the queue’s', async () => {
  const owned = `
    SELECT DISTINCT current_user AS role, relnamespace::regnamespace::text AS schema, pg_get_userbyid(relowner) AS owner
    FROM pg_class WHERE relnamespace IN ('public'::regnamespace, 'pgboss'::regnamespace) AND relkind IN ('r', 'p')`;
  expect((await app.pool.query(owned)).rows.sort((a, b) => (a.schema < b.schema ? -1 : 1))).toEqual([
    { role: 'slc_app', schema: 'pgboss', owner: 'slc_app' },
    { role: 'slc_app', schema: 'public', owner: 'console' },
  ]);
});

it('the audit of before is readable, in the chain, and can only be added to', async () => {
  const entries = await listAudit({ db: app }, {});
  expect(entries.map((entry) => [entry.seq, entry.action, entry.actor, entry.planHash, entry.fromDay])).toEqual([
    [2, 'backfill.start', 'anna', 'abc', '2026-02-10'],
    [1, 'customers.add', 'anna', null, null],
  ]);
  const actor = { name: 'olga', role: 'operator', via: 'web', requestId: 'r3' } as const;
  await app.transaction((tx) => recordAudit(tx, actor, { action: 'test', subject: 'after' }));
  expect(await verifyAudit({ db: app })).toMatchObject({ rows: 3, findings: [], rights: null });
  for (const change of ['UPDATE audit SET reason = reason', 'DELETE FROM audit', 'TRUNCATE audit'])
    await expect(app.pool.query(change)).rejects.toThrow('permission denied for table audit');
});

it('customers and waiting jobs of before are there, and are worked on', async () => {
  expect(await listCustomers({ db: app })).toMatchObject([{ id: 'acme', profiles: ['main'] }]);
  const queue = await queueOf(running?.url ?? '');
  const [job] = await queue.fetch('kept');
  expect(job?.data).toEqual({ from: 'before' });
  await queue.complete('kept', job?.id ?? '');
  await queue.stop({ graceful: false });
});
