import { existsSync, readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { decideApproval } from '@/lib/approvals/decide-approval';
import { addCustomer } from '@/lib/customers/add-customer';
import { jobsDirOf } from '@/lib/jobs/process/folder';
import { unfinishedMutations } from '@/lib/label-store/unfinished-mutations';
import { askKill } from '@/lib/mutations/ask-kill';
import { getKill } from '@/lib/mutations/get-kill';
import { planKill } from '@/lib/mutations/plan-kill';
import { startKill } from '@/lib/mutations/start-kill';
import { driveKill } from '@/lib/mutations/work-kills';
import { type TestContext, testContext } from '@/tests/support/context';
import { freshName } from '@/tests/support/fresh';
import { killJobs, spawnWorker } from '@/tests/support/kill';
import { label, labelTable } from '@/tests/support/labels';
import { operator } from '@/tests/support/repair';
import { until } from '@/tests/support/until';

let ctx: TestContext;
beforeAll(async () => {
  ctx = await testContext({ process: 'worker' });
});
afterAll(() => ctx?.close());

const jobs = () => {
  const folder = jobsDirOf(ctx.config.dataDir);
  return existsSync(folder) ? readdirSync(folder).filter((name) => name.startsWith('kill-')) : [];
};

/** An approved KILL of a failing mutation, with another failing one of the same id in another table. */
async function approvedKill() {
  const made = await Promise.all(
    [1, 2].map(async () => {
      const table = await labelTable(ctx);
      const id = freshName('acme');
      await table.insert([label({ customer_id: id })]);
      const customer = { id, displayName: id, profiles: ['main'], database: table.scope.database, timeZone: 'UTC' };
      await addCustomer(ctx, customer, operator);
      await table.run(
        "ALTER TABLE $labels UPDATE usecase_id = 'y' WHERE throwIf(1, 'no way') SETTINGS mutations_sync = 0",
      );
      const list = () => unfinishedMutations(ctx, { tables: table.tables });
      const [seen] = await until('it fails', async () => {
        const found = await list();
        return found[0]?.failReason ? found : null;
      });
      if (!seen) throw new Error('no mutation');
      return { id, list, seen };
    }),
  );
  const [one, other] = made;
  if (!one || !other) throw new Error('two tables were made');
  const before = new Set(jobs());
  const { host, mutationId } = one.seen;
  const { killId } = await planKill(ctx, { customerId: one.id, host, mutationId }, operator);
  await driveKill(ctx, killId, new AbortController().signal);
  const { plan } = await getKill(ctx, killId);
  const of = { killId, planHash: plan.hash };
  const { approvalId } = await askKill(ctx, { ...of, reason: 'it blocks every delete' }, operator);
  const decision = { approvalId, planHash: plan.hash, decision: 'approve', reason: 'looked at it' } as const;
  await decideApproval(ctx, decision, { ...operator, name: 'ann', role: 'approver', via: 'web' });
  return { killId, of, one, other, own: () => jobs().filter((name) => !before.has(name)) };
}
type Approved = Awaited<ReturnType<typeof approvedKill>>;
const ended = (killId: string) =>
  until('the KILL ended', async () => {
    const kill = await getKill(ctx, killId);
    return kill.endedAtMs !== null && kill;
  });

describe('a worker killed with SIGKILL', { timeout: 400_000 }, () => {
  const moments: [string, (made: Approved) => Promise<unknown>][] = [
    ['as soon as the KILL was started', async () => undefined],
    ['when its Job is there', (made) => until('the Job is there', () => made.own().length === 2)],
    ['when the mutation is gone', (made) => until('it is gone', async () => (await made.one.list()).length === 0)],
  ];

  it.each(moments)(
    '%s leaves a KILL that the next one ends, by one Job, and nothing else is stopped',
    async (_, moment) => {
      const made = await approvedKill();
      const { child, ended: gone, kill } = spawnWorker(ctx);
      onTestFinished(kill);
      await startKill(ctx, made.of, operator);
      await moment(made);
      child.kill('SIGKILL');
      await gone;
      const next = spawnWorker(ctx);
      onTestFinished(next.kill);
      expect(await ended(made.killId)).toMatchObject({ state: 'killed' });
      next.child.kill('SIGTERM');
      await next.ended;
      expect(made.own()).toHaveLength(2);
      expect(await made.one.list()).toEqual([]);
      expect(await made.other.list()).toHaveLength(1);
    },
  );
});

it('a KILL whose Job is killed says what is so: gone, or still listed', { timeout: 400_000 }, async () => {
  const made = await approvedKill();
  const known = new Set(made.own());
  await startKill(ctx, made.of, operator);
  const driven = driveKill(ctx, made.killId, new AbortController().signal);
  await until('its Job was killed', () => killJobs(ctx, 'kill', known));
  await driven;
  const kill = await getKill(ctx, made.killId);
  const left = await made.one.list();
  expect(kill.state).toBe(left.length === 0 ? 'killed' : 'failed');
  expect(kill.sentence).toContain(left.length === 0 ? 'No host lists' : 'still listed on');
  expect(made.own()).toHaveLength(2);
  expect(await made.other.list()).toHaveLength(1);
});
