import { randomUUID } from 'node:crypto';
import { copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { planHash } from '@/lib/backfill/plan/plan-hash';
import { type ItemState, planned, skipped } from '@/lib/backfill/state/machine';
import type { Plan } from '@/lib/backfill/state/plan-model';
import { StateJson } from '@/lib/backfill/state/sql/state-json';
import { migrationsFolder } from '@/lib/embedded/root';
import { connectPostgres, type Postgres } from '@/lib/postgres/client';
import { isMigration, migrate } from '@/lib/postgres/migrate';
import { freshPostgres, testLog as log } from '../../support/fresh';

const folder = mkdtempSync(join(tmpdir(), 'slc-old-migrations-'));
let db: Postgres;
const sql = async <Row>(text: string, values: unknown[] = []) => (await db.pool.query(text, values)).rows as Row[];

const old = { attempt: 4, tries: 2, backup: 3, deletes: true, partial: false };
const list = { attempt: 4, rows: 17, hash: '9' };
const waits = { status: 'needs attention', failedIn: 'relabelling', labels: 'gone', sentence: 'No.' };
const now = { ...planned('replace', 50), attempt: 4, tries: 2, backupAttempt: 3 };
const waitsNow = { ...now, ...waits, asked: false, remedy: null };

/** States as each version stored them, and what they are now. */
const states: [string, object, object][] = [
  ['of the first version', { ...old, status: 'relabelling' }, { ...now, status: 'relabelling' }],
  [
    'of the first version, without rows',
    { ...old, backup: null, deletes: false, status: 'planned' },
    { ...now, strategy: 'relabel-only', hasRows: false, backupAttempt: null, status: 'planned' },
  ],
  [
    'of replace',
    { ...old, flow: 'replace', backs: true, partial: true, status: 'deleting', passingSinceMs: 5 },
    { ...now, deletingRest: true, status: 'deleting', passingSinceMs: 5 },
  ],
  [
    'of replace without rows',
    { ...old, flow: 'replace', backs: false, deletes: false, status: 'relabelling' },
    { ...now, hasRows: false, status: 'relabelling' },
  ],
  [
    'of no-gap',
    { ...old, flow: 'no-gap', backs: true, deletes: false, list, status: 'deleting' },
    { ...now, strategy: 'no-gap', wrongRows: list, status: 'deleting' },
  ],
  [
    'of a relabel that ends an undo',
    { ...old, flow: 'relabel-only', backs: false, deletes: true, status: 'relabelling' },
    { ...now, status: 'relabelling' },
  ],
  ['that waits for a person', { ...old, ...waits, flow: 'replace', backs: true }, waitsNow],
  [
    'that a person stopped',
    { ...old, ...waits, flow: 'replace', backs: true, asked: true, remedy: 'resume' },
    { ...waitsNow, asked: true, remedy: 'resume' },
  ],
  [
    'that is skipped',
    { ...old, backup: null, deletes: false, attempt: 1, tries: 1, status: 'skipped', sentence: 'Nothing is wrong.' },
    skipped('no-gap', 50, 'Nothing is wrong.'),
  ],
];

const day = (place: number) => ({ day: `2026-02-${10 + place}`, skip: null, labelRows: 50, labelHash: '7' });
const days = states.map((_, place) => day(place));
const plan = {
  ...{ customerId: 'acme', fromDay: '2026-02-10', toDay: '2026-03-01', timeZone: 'UTC', strategy: 'no-gap' },
  ...{ labelsTable: 'acme.labels', labelKey: '(a)', jobTemplate: 'abc', needsApproval: true, createdAtMs: 1_000, days },
};
/** The hash of a plan as it was stored before its days became units. */
const hashOf = ({ days, undoOf, ...plan }: { days: { day: string }[]; undoOf?: { runId: string; day: null } }) =>
  planHash({
    ...plan,
    units: days.map(({ day: unit, ...one }) => ({ ...one, unit })),
    undoOf: undoOf ? { runId: undoOf.runId, unit: null } : null,
  } as unknown as Plan);
const repair = { ...plan, hash: hashOf(plan) };
const undoDays = days.map((one) => ({
  ...one,
  countedAtMs: 900,
  undo: { itemId: 'i', backupId: 'b', rows: 50, hash: '7' },
}));
const undoPlan = { ...plan, days: undoDays, undoOf: { runId: 'r', day: null } };
const undo = { ...undoPlan, hash: hashOf(undoPlan) };

beforeAll(async () => {
  const { chatsUrl: url } = await freshPostgres();
  const run = (from: string) => migrate({ url, ownerUrl: '', folder: from, log, application: 'tests' });
  for (const name of readdirSync(migrationsFolder()).filter((each) => isMigration(each) && each < '0016'))
    copyFileSync(join(migrationsFolder(), name), join(folder, name));
  await run(folder);
  db = connectPostgres({ url, log, application: 'tests', connectionsMax: 2 });
  await sql(
    `INSERT INTO customers (id, display_name, database_name, time_zone) VALUES ('acme', 'Acme', 'acme', 'UTC')`,
  );
  const runId = randomUUID();
  await sql(
    `INSERT INTO backfill_runs (id, customer_id, strategy, from_day, to_day, scope, plan, plan_hash, status, started_by)
     VALUES ($1, 'acme', 'no-gap', '2026-02-10', '2026-03-01', '{}', $2, $3, 'running', 'olga')`,
    [runId, repair, repair.hash],
  );
  for (const [seq, [, state]] of states.entries())
    await sql(
      `INSERT INTO backfill_items (id, run_id, seq, day, scope, status, state, plan)
       SELECT gen_random_uuid(), $1, $2, $3, '{}', s.state ->> 'status', s.state, $5 FROM (VALUES ($4::jsonb)) s (state)`,
      [runId, seq, day(seq).day, state, days[seq]],
    );
  await sql('INSERT INTO backfill_plans (hash, plan) VALUES ($1, $2), ($3, $4)', [
    ...[repair.hash, repair, undo.hash, undo],
  ]);
  await sql(
    `INSERT INTO approvals (id, kind, subject, plan_hash, plan, scope, state, requested_by, reason, expires_at)
     VALUES (gen_random_uuid(), 'undo', 'x', $1, $2, 'x', 'waiting', 'olga', 'because', now()),
       (gen_random_uuid(), 'kill', 'x', $1, '{"victims": [{"host": "one", "partsToDo": 2}]}', 'x', 'waiting', 'olga', 'because', now())`,
    [undo.hash, undo],
  );
  await sql(
    `INSERT INTO mutation_kills (id, customer_id, plan, plan_hash, job_order, state, requested_by)
     SELECT gen_random_uuid(), 'acme', plan, plan_hash, '{}', 'tested', 'olga' FROM approvals WHERE kind = 'kill'`,
  );
  await run(migrationsFolder());
});
afterAll(async () => {
  await db?.close();
  rmSync(folder, { recursive: true, force: true });
});

it.each(states.map(([name, , state], seq) => [name, seq, state] as const))(
  'a state %s says everything after the migration',
  async (_, seq, state) => {
    const [item] = await sql<{ state: ItemState }>('SELECT state FROM backfill_items WHERE seq = $1', [seq]);
    expect(item?.state).toEqual(state);
    expect(StateJson.parse(item?.state)).toEqual(state);
  },
);

it('a process of an older version, which goes on during an upgrade, can neither change a day nor add one', async () => {
  const refused = 'violates check constraint "backfill_items_state_whole"';
  const state = { ...old, flow: 'replace', backs: true, status: 'verifying' };
  await expect(sql('UPDATE backfill_items SET state = $1 WHERE seq = 0', [state])).rejects.toThrow(refused);
  const copy = `INSERT INTO backfill_items (id, run_id, seq, day, scope, status, state, plan)
    SELECT gen_random_uuid(), run_id, 99, '2026-02-28', scope, 'verifying', $1, plan FROM backfill_items WHERE seq = 0`;
  await expect(sql(copy, [state])).rejects.toThrow('violates not-null constraint');
});

it('every stored plan is whole, keeps its hash, and has its units as the items have them', async () => {
  const plans = await sql<{ hash: string; plan: Plan }>(
    `SELECT plan_hash AS hash, plan FROM backfill_runs
     UNION ALL SELECT hash, plan FROM backfill_plans
     UNION ALL SELECT plan_hash, plan FROM approvals WHERE kind = 'undo'`,
  );
  expect(plans).toHaveLength(4);
  for (const { hash, plan } of plans) {
    expect(planHash(plan)).toBe(hash);
    const undone = hash === undo.hash;
    expect(plan).toMatchObject({
      jobParts: null,
      unapprovedRows: 0,
      offers: [],
      undoOf: undone ? { runId: 'r' } : null,
    });
    for (const unit of plan.units)
      expect(unit).toMatchObject({
        undo: undone ? { rows: 50 } : null,
        days: [{ day: unit.unit, countedAtMs: undone ? 900 : 1_000 }],
      });
  }
  const [{ equal }] = (await sql<{ equal: number }>(
    `SELECT count(*)::int AS equal FROM backfill_items i JOIN backfill_runs r ON r.id = i.run_id
     WHERE EXISTS (SELECT FROM jsonb_array_elements(r.plan -> 'units') u (unit) WHERE u.unit = i.plan)`,
  )) as [{ equal: number }];
  expect(equal).toBe(states.length);
  const kill = { plan: { hosts: [{ host: 'one', partsToDo: 2 }] } };
  expect(await sql(`SELECT plan FROM approvals WHERE kind = 'kill'`)).toEqual([kill]);
  expect(await sql('SELECT plan FROM mutation_kills')).toEqual([kill]);
});

it('the audit has nothing of it, and watches plans as before', async () => {
  const updates = `SELECT count(*)::int AS n FROM audit WHERE action = 'database.update'`;
  expect(await sql(updates)).toEqual([{ n: 0 }]);
  for (const table of ['backfill_runs', 'backfill_items', 'approvals']) await sql(`UPDATE ${table} SET plan = '{}'`);
  expect(await sql(updates)).toEqual([{ n: 1 + states.length + 2 }]);
});
