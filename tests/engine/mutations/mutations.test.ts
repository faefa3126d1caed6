import { randomUUID } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { decideApproval } from '@/lib/approvals/decide-approval';
import { listAudit } from '@/lib/audit/list-audit';
import type { Actor } from '@/lib/auth/model';
import { addCustomer } from '@/lib/customers/add-customer';
import { tagText } from '@/lib/label-store/model';
import { askKill } from '@/lib/mutations/ask-kill';
import { getKill } from '@/lib/mutations/get-kill';
import type { MutationRow } from '@/lib/mutations/kill-model';
import { listMutations } from '@/lib/mutations/list-mutations';
import { planKill } from '@/lib/mutations/plan-kill';
import { sampleMutations } from '@/lib/mutations/sample-mutations';
import { startKill } from '@/lib/mutations/start-kill';
import { driveKill, workKills } from '@/lib/mutations/work-kills';
import { type TestContext, testContext } from '@/tests/support/context';
import { freshName } from '@/tests/support/fresh';
import { label, labelTable } from '@/tests/support/labels';
import { operator } from '@/tests/support/repair';
import { until } from '@/tests/support/until';

const minute = 60_000;
const approver: Actor = { name: 'ann', role: 'approver', via: 'web', requestId: randomUUID() };
let ctx: TestContext;
let aheadMs = 0;
beforeAll(async () => {
  ctx = await testContext({ clock: { now: () => Date.now() + aheadMs } });
});
afterAll(() => ctx?.close());

/** A customer with two label rows; each of its mutations is left to the background. */
async function customer() {
  const table = await labelTable(ctx);
  const id = freshName('acme');
  await table.insert([label({ customer_id: id }), label({ customer_id: id })]);
  await addCustomer(
    ctx,
    { id, displayName: id, profiles: ['main'], database: table.scope.database, timeZone: 'UTC' },
    operator,
  );
  aheadMs += 2 * minute;
  const mutate = (change: string) => table.run(`ALTER TABLE $labels ${change} SETTINGS mutations_sync = 0`);
  return {
    id,
    table,
    mutate,
    fail: () => mutate("UPDATE usecase_id = 'y' WHERE throwIf(agent_user_id != '', 'no way') = 0"),
    list: async () => (await listMutations(ctx)).mutations.filter((one) => one.customers.includes(id)),
  };
}
type Made = Awaited<ReturnType<typeof customer>>;
const failing = (made: Made, rows: number) =>
  until(`${rows} mutations, the first failing`, async () => {
    const found = await made.list();
    return found.length === rows && found[0]?.failReason !== '' && found;
  });
const previewed = async (made: Made, of: MutationRow) => {
  const { killId } = await planKill(ctx, { customerId: made.id, host: of.host, mutationId: of.mutationId }, operator);
  return killId;
};
const tested = (killId: string) =>
  until('the TEST was answered', async () => {
    const kill = await getKill(ctx, killId);
    return kill.state !== 'testing' && kill;
  });
async function approved(killId: string) {
  const kill = await tested(killId);
  const of = { killId, planHash: kill.plan.hash };
  const { approvalId } = await askKill(ctx, { ...of, reason: 'it blocks every delete' }, operator);
  const decision = { approvalId, planHash: kill.plan.hash, decision: 'approve', reason: 'looked at it' } as const;
  await decideApproval(ctx, decision, approver);
  return of;
}

describe('the unfinished mutations of all customers', () => {
  it('cost five look-ups in the catalogue for any number of customers, and one pass at a time', async () => {
    const [one, other] = [await customer(), await customer()];
    const asked = vi.spyOn(ctx.clickhouse, 'read');
    const [first, second] = await Promise.all([listMutations(ctx), listMutations(ctx)]);
    const catalogue = asked.mock.calls.map(([{ name }]) => name).filter((name) => name.startsWith('customers.'));
    asked.mockRestore();
    expect(catalogue).toHaveLength(5);
    expect([first.tables, second.tables]).toEqual([2, 2]);
    expect([...(await one.list()), ...(await other.list())]).toEqual([]);
  });

  it('end with the worker: a pass whose signal has fired asks nothing more', async () => {
    aheadMs += 2 * minute;
    const stopped = AbortSignal.abort(new Error('SIGTERM'));
    const asked = vi.spyOn(ctx.clickhouse, 'read');
    await expect(sampleMutations(ctx, stopped)).rejects.toThrow('SIGTERM');
    expect(asked).not.toHaveBeenCalled();
    asked.mockRestore();
  });

  it('are listed whoever began them, with the one to blame, its victims, and whose they are', async () => {
    const [one, other] = [await customer(), await customer()];
    const tag = { runId: randomUUID(), unit: '2026-02-10', attempt: 1 };
    await one.fail();
    await one.mutate(`DELETE WHERE customer_id = 'x' AND '${tagText(tag)}' != ''`);
    await other.fail();
    const found = await failing(one, 2);
    await failing(other, 1);
    expect(found).toMatchObject([
      {
        health: 'failing',
        tag: null,
        behind: null,
        waitingBehind: 1,
        partsToDo: 1,
        table: 'conversation_with_labels',
      },
      { health: 'waiting', tag, behind: found[0]?.mutationId, waitingBehind: 0 },
    ]);
    expect(found[0]?.command).toContain('throwIf');
    expect(found[0]?.sentence).toContain('no way');
    expect(found[1]?.sentence).toContain(`Waits behind ${found[0]?.mutationId}`);
  });

  it('are called stuck once looks over five minutes saw no part done and ClickHouse gave a reason', async () => {
    const made = await customer();
    await made.fail();
    const [first] = await failing(made, 1);
    expect(first).toMatchObject({ health: 'failing', standingSinceMs: null });
    await sampleMutations(ctx);
    expect((await made.list())[0]).toMatchObject({ health: 'failing', standingSinceMs: expect.any(Number) });
    aheadMs += 6 * minute;
    await sampleMutations(ctx);
    const [stuck] = await made.list();
    expect(stuck).toMatchObject({ health: 'stuck' });
    expect(stuck?.sentence).toMatch(/none done in 6 minutes.*no way/s);
  });

  it('name a customer whose table cannot be read, and go on with the others', async () => {
    const made = await customer();
    const lost = freshName('lost');
    await ctx.db.pool.query(
      `INSERT INTO customers (id, display_name, database_name, time_zone) VALUES ($1, $1, $1, 'UTC')`,
      [lost],
    );
    await ctx.db.pool.query(`INSERT INTO customer_profiles (customer_id, profile_id) VALUES ($1, 'main')`, [lost]);
    aheadMs += 2 * minute;
    await made.fail();
    await failing(made, 1);
    const view = await listMutations(ctx);
    expect(view.unreadable).toEqual([{ customers: [lost], sentence: expect.stringContaining(lost) }]);
    await ctx.db.pool.query('DELETE FROM customers WHERE id = $1', [lost]);
  });
});

describe('a KILL', () => {
  it('is asked with TEST, approved by a second person, run as a Job, and seen to be gone; its victim goes on', async () => {
    const stop = new AbortController();
    await workKills(ctx, stop.signal);
    const made = await customer();
    await made.fail();
    await made.mutate("UPDATE usecase_id = 'z' WHERE 1");
    const [first] = await failing(made, 2);
    const killId = await previewed(made, first as MutationRow);
    const kill = await tested(killId);
    expect(kill).toMatchObject({ state: 'tested', sentence: expect.stringContaining('accepts') });
    expect(kill.plan.hosts).toEqual([{ host: first?.host, partsToDo: 1 }]);
    expect(await made.list()).toHaveLength(2);
    const of = { killId, planHash: kill.plan.hash };
    await expect(startKill(ctx, of, operator)).rejects.toMatchObject({
      message: expect.stringContaining('second person'),
    });
    await approved(killId);
    const started = await Promise.allSettled([startKill(ctx, of, operator), startKill(ctx, of, operator)]);
    expect(started.map((one) => one.status).sort()).toEqual(['fulfilled', 'rejected']);
    const over = await until('the KILL ended', async () => {
      const now = await getKill(ctx, killId);
      return now.endedAtMs !== null && now;
    });
    expect(over).toMatchObject({
      state: 'killed',
      startedBy: 'olga',
      sentence: expect.stringContaining('No host lists'),
    });
    expect(over.log).toContain('ClickHouse was told to stop it on 1 mutation.');
    await until('the victim is done', async () => (await made.list()).length === 0);
    expect(
      await made.table.query(`SELECT DISTINCT usecase_id FROM ${made.table.scope.database}.conversation_with_labels`),
    ).toEqual([{ usecase_id: 'z' }]);
    const audit = (await listAudit(ctx, { customerId: made.id })).filter((entry) => entry.subject === killId);
    expect(audit.map((entry) => entry.action).reverse()).toEqual([
      'mutation.kill-test',
      'mutation.kill',
      'mutation.kill-killed',
    ]);
    expect(audit[1]).toMatchObject({ actor: 'olga', reason: 'it blocks every delete', detail: { approvedBy: 'ann' } });
    stop.abort();
  });

  it('starts one Job however often its work is taken up, and stops no other mutation of the same id', async () => {
    const [made, other] = [await customer(), await customer()];
    await made.fail();
    await other.fail();
    const [first] = await failing(made, 1);
    const [same] = await failing(other, 1);
    expect(same?.mutationId).toBe(first?.mutationId);
    const killId = await previewed(made, first as MutationRow);
    const signal = new AbortController().signal;
    await Promise.all([driveKill(ctx, killId, signal), driveKill(ctx, killId, signal)]);
    const of = await approved(killId);
    await startKill(ctx, of, operator);
    await Promise.all([driveKill(ctx, killId, signal), driveKill(ctx, killId, signal)]);
    expect((await getKill(ctx, killId)).state).toBe('killed');
    const mine = readdirSync(join(ctx.config.dataDir, 'jobs')).filter((name) => name.startsWith('kill-'));
    const orders = await listAudit(ctx, { customerId: made.id, action: 'mutation.kill-killed' });
    expect(orders).toHaveLength(1);
    expect(mine.length).toBeGreaterThanOrEqual(2);
    expect(await made.list()).toHaveLength(0);
    expect(await other.list()).toHaveLength(1);
  });

  it('is refused for a mutation that is over, and its TEST says so when it ends meanwhile', async () => {
    const made = await customer();
    await made.fail();
    const [first] = await failing(made, 1);
    const killId = await previewed(made, first as MutationRow);
    await made.table.run(`KILL MUTATION WHERE database = '${made.table.scope.database}' ASYNC`);
    await until('it is gone', async () => (await made.list()).length === 0);
    await driveKill(ctx, killId, new AbortController().signal);
    expect(await getKill(ctx, killId)).toMatchObject({
      state: 'failed',
      sentence: expect.stringContaining('over by now'),
    });
    await expect(previewed(made, first as MutationRow)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('that was approved starts nothing when the mutation is over by then', async () => {
    const made = await customer();
    await made.fail();
    const [first] = await failing(made, 1);
    const killId = await previewed(made, first as MutationRow);
    await driveKill(ctx, killId, new AbortController().signal);
    const of = await approved(killId);
    await made.table.run(`KILL MUTATION WHERE database = '${made.table.scope.database}' ASYNC`);
    await until('it is gone', async () => (await made.list()).length === 0);
    await expect(startKill(ctx, of, operator)).rejects.toMatchObject({ code: 'not_found' });
    expect((await getKill(ctx, killId)).state).toBe('tested');
  });

  it('that was started launches nothing where its Job left no trace and the mutation is over', async () => {
    const made = await customer();
    await made.fail();
    const [first] = await failing(made, 1);
    const killId = await previewed(made, first as MutationRow);
    const signal = new AbortController().signal;
    await driveKill(ctx, killId, signal);
    await startKill(ctx, await approved(killId), operator);
    await made.table.run(`KILL MUTATION WHERE database = '${made.table.scope.database}' ASYNC`);
    await until('it is gone', async () => (await made.list()).length === 0);
    const launched = vi.spyOn(await ctx.launcher(), 'launch');
    await driveKill(ctx, killId, signal);
    expect(launched).not.toHaveBeenCalled();
    launched.mockRestore();
    expect(await getKill(ctx, killId)).toMatchObject({
      state: 'killed',
      sentence: expect.stringContaining('No host lists'),
    });
  });
});
