import { randomUUID } from 'node:crypto';
import { decideApproval } from '@/lib/approvals/decide-approval';
import { getApproval } from '@/lib/approvals/list-approvals';
import type { Actor } from '@/lib/auth/model';
import { startBackfill } from '@/lib/backfill/control/start-backfill';
import { askUndo, startUndo } from '@/lib/backfill/control/start-undo';
import { planBackfill } from '@/lib/backfill/plan/plan-backfill';
import type { PlanRequest, StartUndo } from '@/lib/backfill/state/command-model';
import type { RunStatus, RunView } from '@/lib/backfill/state/model';
import type { Plan } from '@/lib/backfill/state/plan-model';
import { getRun } from '@/lib/backfill/view/get-run';
import { addCustomer } from '@/lib/customers/add-customer';
import type { Customer } from '@/lib/customers/model';
import { incidentDay, incidentPlan } from '@/lib/embedded/demo/incident';
import type { DemoPlan } from '@/lib/embedded/demo/model';
import { demoSeed, seedCustomer } from '@/lib/embedded/demo/seed-demo';
import type { TestContext } from './context';
import { freshName } from './fresh';
import { until } from './until';

export const operator: Actor = { name: 'olga', role: 'operator', via: 'cli', requestId: randomUUID() };

/**
 * A new customer with only the incident's day: 17 stale of `conversations`, 21 of them written by hand.
 * `change` edits the plan of the data before it is made.
 */
export async function incidentOf(
  ctx: TestContext,
  options: { conversations?: number; change?: (plan: DemoPlan) => void; timeZone?: string } = {},
): Promise<Customer> {
  const plan = incidentPlan(demoSeed);
  const name = freshName('repair');
  plan.customer = {
    ...plan.customer,
    id: name,
    displayName: name,
    database: name,
    timeZone: options.timeZone ?? 'UTC',
  };
  plan.blocks = plan.blocks.filter((block) => block.days.length === 1);
  for (const block of plan.blocks) block.counts = [(options.conversations ?? 50) - 21];
  options.change?.(plan);
  await seedCustomer({ clickhouse: ctx.admin, chats: ctx.chats }, plan);
  await addCustomer(ctx, plan.customer, operator);
  return plan.customer;
}

/** Every label row with every column, as text. */
export async function labelRowsOf(ctx: TestContext, { database }: Customer): Promise<string[]> {
  const result = await ctx.admin.client.query({
    query: `SELECT * FROM ${database}.conversation_with_labels FINAL`,
    format: 'JSONEachRow',
  });
  return (await result.text()).trim().split('\n').sort();
}

/** Writes one more label row onto the incident's day. */
export const addLabel = (ctx: TestContext, { id, database }: Customer) =>
  ctx.admin.client.command({
    query: `INSERT INTO ${database}.conversation_with_labels VALUES ('${randomUUID()}', '${id}', 'reservations',
      'Grace Ito', 'baggage-chat', '${incidentDay} 10:00:00', '${incidentDay} 10:10:00', 1, '${incidentDay} 10:11:00')`,
  });

export const checkOf = (plan: Plan, id: string) => plan.checks.find((check) => check.id === id);

/** The request for the incident's day, to be replaced unless another strategy is asked for. */
export const dayOfIncident = (customer: Customer, more: Partial<PlanRequest> = {}): PlanRequest => ({
  customerId: customer.id,
  strategy: 'replace',
  units: 'day',
  fromDay: incidentDay,
  toDay: '2026-02-11',
  ...more,
});

/** Plans and starts, as a person who confirms `confirmed`. */
export async function start(ctx: TestContext, request: PlanRequest, confirmed: string[] = []): Promise<string> {
  const plan = await planBackfill(ctx, request);
  const { runId } = await startBackfill(ctx, { ...request, planHash: plan.hash, confirmed, reason: 'test' }, operator);
  return runId;
}

/** Statuses in which nobody works on a run. */
export const stops: RunStatus[] = ['verified', 'cancelled', 'closed', 'needs attention'];

/**
 * Waits until the run has one of the statuses; fails with what the run says when it stops with another status. It polls
 * the status only: the whole view asks both engines, and its cost would slow the repair that the test waits for.
 */
export async function reached(
  ctx: TestContext,
  runId: string,
  statuses: RunStatus[],
  withinMs = 180_000,
): Promise<RunView> {
  return until(
    `run ${runId} is ${statuses.join(' or ')}`,
    async () => {
      const { rows } = await ctx.db.pool.query('SELECT status FROM backfill_runs WHERE id = $1', [runId]);
      if (![...statuses, ...stops].includes(rows[0]?.status)) return null;
      const run = await getRun(ctx, runId);
      if (statuses.includes(run.status)) return run;
      if (stops.includes(run.status))
        throw new Error(`The run is "${run.status}": ${run.units.map((item) => item.failure).join(' ')}`);
      return null;
    },
    { withinMs, everyMs: 100 },
  );
}

/** Asks for an undo, has a second person approve it, and starts it, unless a worker of the test was there first. */
export async function approvedUndo(ctx: TestContext, request: StartUndo): Promise<string> {
  const { approvalId } = await askUndo(ctx, request, operator);
  const decision = { approvalId, planHash: request.planHash, decision: 'approve', reason: 'looked at it' } as const;
  await decideApproval(ctx, decision, { ...operator, name: 'anna', via: 'web', role: 'approver' });
  try {
    return (await startUndo(ctx, request, operator)).runId;
  } catch (error) {
    const { usedBy } = await getApproval(ctx, approvalId, operator);
    if (usedBy === null) throw error;
    return usedBy;
  }
}
