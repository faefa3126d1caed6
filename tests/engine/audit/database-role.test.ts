import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decideApproval } from '@/lib/approvals/decide-approval';
import { listAudit } from '@/lib/audit/list-audit';
import { verifyAudit } from '@/lib/audit/verify-audit';
import { planBackfill } from '@/lib/backfill/plan/plan-backfill';
import { driveUnit } from '@/lib/backfill/repair/drive-unit';
import { planned } from '@/lib/backfill/state/machine';
import type { Plan } from '@/lib/backfill/state/plan-model';
import { getRun } from '@/lib/backfill/view/get-run';
import { type Customer, scopeOf } from '@/lib/customers/model';
import { readTables } from '@/lib/customers/read-tables';
import { unfinishedMutations } from '@/lib/label-store/unfinished-mutations';
import { askKill } from '@/lib/mutations/ask-kill';
import { getKill } from '@/lib/mutations/get-kill';
import { planKill } from '@/lib/mutations/plan-kill';
import { startKill } from '@/lib/mutations/start-kill';
import { driveKill } from '@/lib/mutations/work-kills';
import { connectPostgres } from '@/lib/postgres/client';
import { createToken } from '@/lib/sign-in/create-token';
import { signInAs } from '@/lib/sign-in/finish-sign-in';
import { ann, approvalsIn } from '@/tests/engine/approvals/asking';
import { type TestContext, testContext } from '@/tests/support/context';
import { testLog } from '@/tests/support/fresh';
import { dayOfIncident, incidentOf, labelRowsOf, operator, start } from '@/tests/support/repair';
import { until } from '@/tests/support/until';

/** What somebody can do who has the password of the console's database role, and how the console answers. */
let ctx: TestContext;
beforeAll(async () => {
  ctx = await testContext();
});
afterAll(() => ctx?.close());

const sql = async <Row>(text: string, params: unknown[] = []) => (await ctx.db.pool.query(text, params)).rows as Row[];
/** What the database itself noted, oldest first. */
const noted = async () =>
  (await listAudit(ctx, { rowsMax: 500 }))
    .filter((row) => row.via === 'database')
    .map((row) => `${row.action} ${row.subject}`)
    .reverse();

/** Drives a run's day as a worker does; what it failed with, and whether the labels are as before. */
async function driven(customer: Customer, runId: string, work: () => Promise<unknown> = async () => undefined) {
  const before = await labelRowsOf(ctx, customer);
  await work();
  const [item] = await sql<{ id: string }>('SELECT id FROM backfill_items WHERE run_id = $1', [runId]);
  await driveUnit(ctx, item?.id ?? '', new AbortController().signal);
  expect(await labelRowsOf(ctx, customer)).toEqual(before);
  return (await getRun(ctx, runId)).units[0]?.failure;
}

/** A run and its day as a start would write them, by plain INSERT. */
async function forged(customer: Customer, plan: Plan, strategy: string): Promise<string> {
  const [runId, [day]] = [randomUUID(), plan.units];
  const scope = scopeOf(customer, plan.fromDay, plan.toDay);
  await sql(
    `INSERT INTO backfill_runs (id, customer_id, strategy, from_day, to_day, scope, plan, plan_hash, status, started_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'queued', 'olga')`,
    [runId, customer.id, strategy, plan.fromDay, plan.toDay, scope, plan, plan.hash],
  );
  const state = planned('replace', 50);
  await sql(
    `INSERT INTO backfill_items (id, run_id, seq, unit, day, scope, status, state, plan)
     VALUES ($1, $2, 0, $3::text, ($3::text)::date, $4, 'planned', $5, $6)`,
    [randomUUID(), runId, day?.unit, scope, state, day],
  );
  return runId;
}

/** What the console itself would add to the audit at a start. */
const announce = (runId: string, { planHash, customerId }: { planHash: string; customerId: string }) =>
  sql(
    `INSERT INTO audit (actor, role, via, request_id, action, customer_id, run_id, plan_hash, subject)
     VALUES ('olga', 'operator', 'web', 'x', 'backfill.start', $1, $2, $3, 'x')`,
    [customerId, runId, planHash],
  );

describe('a run that was written with the database role', () => {
  it('deletes nothing without its start in the audit, which says who wrote it', async () => {
    const customer = await incidentOf(ctx);
    const plan = await planBackfill(ctx, dayOfIncident(customer));
    const runId = await forged(customer, plan, 'replace');
    expect(await driven(customer, runId)).toContain('no start of this run');
    expect(await noted()).toContain(`database.insert backfill_runs ${runId}`);
    const { findings } = await verifyAudit(ctx);
    expect(findings.map((one) => one.sentence).join('\n')).toMatch(
      new RegExp(`the role slc_app changed backfill_runs ${runId} past the console`),
    );
  });

  it('deletes nothing without the approval that its plan needs, also where the row of one is forged', async () => {
    const customer = await incidentOf(ctx);
    const plan = { ...(await planBackfill(ctx, dayOfIncident(customer))), needsApproval: true };
    const runId = await forged(customer, plan, 'replace');
    await announce(runId, { planHash: plan.hash, customerId: customer.id });
    const approvalId = randomUUID();
    await sql(
      `INSERT INTO approvals (id, kind, subject, plan_hash, plan, scope, state, requested_by, reason, decided_by,
         decided_at, decision_reason, expires_at, used_by, ended_at)
       VALUES ($1, 'backfill', 'x', $2, '{}', 'x', 'used', 'olga', 'because', 'ann', now(), 'fine', now(), $3, now())`,
      [approvalId, plan.hash, runId],
    );
    expect(await driven(customer, runId)).toContain('needs a second person’s approval');
    expect(await noted()).toContain(`database.insert approvals ${approvalId}`);
  });

  it('cannot be another plan, day, scope or customer than was started, nor a run that is over', async () => {
    const changes: [string, string, string][] = [
      ['runs', `SET plan = jsonb_set(plan, '{labelKey}', '"other"') WHERE id = $1`, 'not the one that its hash is of'],
      ['items', `SET plan = jsonb_set(plan, '{labelRows}', '7') WHERE run_id = $1`, 'not the one that its hash is of'],
      ['items', `SET scope = jsonb_set(scope, '{profiles}', '["more"]') WHERE run_id = $1`, 'others in the registry'],
      ['items', `SET scope = jsonb_set(scope, '{customerId}', '"more"') WHERE run_id = $1`, 'of another customer'],
      ['runs', `SET plan_hash = repeat('0', 64) WHERE id = $1`, 'no start of this run with this plan'],
    ];
    for (const [table, change, sentence] of changes) {
      const customer = await incidentOf(ctx);
      const runId = await start(ctx, dayOfIncident(customer));
      const failure = await driven(customer, runId, () => sql(`UPDATE backfill_${table} ${change}`, [runId]));
      expect(failure, change).toContain(sentence);
      expect(await noted()).toContain(`database.update backfill_${table} ${runId}`);
    }
    const customer = await incidentOf(ctx);
    const runId = await start(ctx, dayOfIncident(customer));
    await sql(
      `INSERT INTO audit (actor, role, via, request_id, action, customer_id, run_id, subject)
       VALUES ('worker', 'operator', 'worker', 'x', 'backfill.verified', $1, $2, 'x')`,
      [customer.id, runId],
    );
    expect(await driven(customer, runId)).toContain('this run is over');
  });
});

describe('a KILL that was written with the database role', () => {
  it('stops nothing: neither without its start in the audit, nor as another than was approved', async () => {
    const customer = await incidentOf(ctx);
    const labels = `${customer.database}.conversation_with_labels`;
    await ctx.admin.client.command({
      query: `ALTER TABLE ${labels} UPDATE usecase_id = 'y' WHERE throwIf(1, 'no way') SETTINGS mutations_sync = 0`,
    });
    const tables = await readTables(ctx, customer);
    const [seen] = await until('the mutation is listed', async () => {
      const found = await unfinishedMutations(ctx, { tables });
      return found.length > 0 && found;
    });
    const { host = '', mutationId = '' } = seen ?? {};
    const killOf = async () => {
      const { killId } = await planKill(ctx, { customerId: customer.id, host, mutationId }, operator);
      await driveKill(ctx, killId, new AbortController().signal);
      return killId;
    };
    const ended = async (killId: string) => {
      await driveKill(ctx, killId, new AbortController().signal);
      return getKill(ctx, killId);
    };
    const forgedKill = await killOf();
    await sql(`UPDATE mutation_kills SET state = 'killing' WHERE id = $1`, [forgedKill]);
    expect(await ended(forgedKill)).toMatchObject({
      state: 'failed',
      sentence: expect.stringContaining('no start of this KILL'),
    });
    const killId = await killOf();
    const { plan } = await getKill(ctx, killId);
    const { approvalId } = await askKill(ctx, { killId, planHash: plan.hash, reason: 'it blocks' }, operator);
    const decision = { approvalId, planHash: plan.hash, decision: 'approve', reason: 'looked at it' } as const;
    await decideApproval(ctx, decision, ann);
    await startKill(ctx, { killId, planHash: plan.hash }, operator);
    await sql(`UPDATE mutation_kills SET job_order = jsonb_set(job_order, '{mutationId}', '"other"') WHERE id = $1`, [
      killId,
    ]);
    expect(await ended(killId)).toMatchObject({
      state: 'failed',
      sentence: expect.stringContaining('not the plan that was approved'),
    });
    expect(await noted()).toEqual(
      expect.arrayContaining([
        `database.update mutation_kills ${forgedKill}`,
        `database.update mutation_kills ${killId}`,
      ]),
    );
    expect(await unfinishedMutations(ctx, { tables })).toHaveLength(1);
  });
});

describe('the database', () => {
  it('notes what came past the console, and nothing of what the console does', async () => {
    const before = await noted();
    const { asked, decide, use } = approvalsIn(() => ctx);
    const of = await asked();
    await decide(of, ann);
    await use(of);
    const identity = { provider: 'demo', subject: 'vera', name: 'vera', role: 'viewer' } as const;
    await signInAs(ctx, { identity, idToken: null, previousSecret: undefined, userAgent: '', requestId: 'tests' });
    const token = await createToken(ctx, { name: 'quiet', role: 'viewer', days: 1 }, operator);
    await start(ctx, dayOfIncident(await incidentOf(ctx)));
    expect(await noted()).toEqual(before);

    const [session] = await sql<{ id: string }>(
      `INSERT INTO sessions (secret_hash, provider, subject, name, role, idle_expires_at, expires_at)
       VALUES (sha256('x'), 'demo', 'mallory', 'mallory', 'approver', now() + interval '1 h', now() + interval '1 h')
       RETURNING id`,
    );
    const waiting = await asked();
    await sql(`UPDATE sessions SET role = 'approver' WHERE subject = 'vera'`);
    await sql(`UPDATE access_tokens SET role = 'approver' WHERE id = $1`, [token.id]);
    await sql(
      `UPDATE approvals SET state = 'approved', decided_by = 'ann', decided_at = now(), decision_reason = 'x' WHERE id = $1`,
      [waiting.approvalId],
    );
    const customer = await incidentOf(ctx);
    await sql(`INSERT INTO customer_profiles VALUES ($1, 'another')`, [customer.id]);
    await sql(`UPDATE customers SET database_name = 'elsewhere' WHERE id = $1`, [customer.id]);
    const [vera] = await sql<{ id: string }>(`SELECT id FROM sessions WHERE subject = 'vera'`);
    expect((await noted()).slice(before.length)).toEqual([
      `database.insert sessions ${session?.id}`,
      `database.update sessions ${vera?.id}`,
      `database.update access_tokens ${token.id}`,
      `database.update approvals ${waiting.approvalId}`,
      `database.insert customer_profiles ${customer.id}`,
      `database.update customers ${customer.id}`,
    ]);
    const { head, findings } = await verifyAudit(ctx);
    expect(findings.every((one) => one.kind === 'unannounced')).toBe(true);
    expect((await verifyAudit(ctx, head)).findings).toEqual([]);
  });

  it('is not led astray by a search path that a pooler kept', async () => {
    const other = connectPostgres({
      url: ctx.env.DATABASE_URL ?? '',
      log: testLog,
      application: 'x',
      connectionsMax: 1,
    });
    await other.pool.query('CREATE TABLE pgboss.audit (LIKE public.audit)');
    await other.pool.query('SET search_path = pgboss, public');
    const token = await createToken({ ...ctx, db: other }, { name: 'shadowed', role: 'viewer', days: 1 }, operator);
    await other.pool.query('DROP TABLE pgboss.audit');
    await other.close();
    const [newest] = await listAudit(ctx, { rowsMax: 1 });
    expect(newest).toMatchObject({ action: 'auth.createToken', detail: { tokenId: token.id } });
  });
});
