import { countActiveDays } from '@/lib/active-days/count-active-days';
import type { Context } from '@/lib/context';
import { getCustomer } from '@/lib/customers/get-customer';
import { type CustomerTables, type Scope, scopeOf } from '@/lib/customers/model';
import { readTables } from '@/lib/customers/read-tables';
import { type Day, daysBetween } from '@/lib/days';
import { storedJson } from '@/lib/text';
import { PlanRequest } from '../state/command-model';
import { type DayPlan, isAboveThreshold, type Plan, type RepairPlan } from '../state/plan-model';
import { selectPace } from '../state/sql/runs';
import { type RepairStrategy, strategyOffers } from '../state/strategies';
import { plannedTemplate } from './job-template';
import { countDays } from './plan-counts';
import { asResult, planDays } from './plan-days';
import { planHash } from './plan-hash';
import type { ReportPlan } from './plan-request-model';
import { runPreChecks } from './pre-checks';
import { spanScope, spansOf } from './spans';
import { savePlan } from './sql/plans';
import { unapprovedRows } from './unapproved-rows';

/** At most this many days in one run: its view is read each second by a page. */
export const daysMax = 92;

/**
 * A read-only preview of a repair: what each day loses and gets, the pre-checks with their numbers, the expected change of
 * Active Days and the expected time. It is kept under its hash for a day, so that a start can name what changed. Throws AppError('not_found') for an unknown customer, 'refused' for a strategy that is not possible.
 */
export async function planBackfill(ctx: Context, input: PlanRequest, report?: ReportPlan): Promise<RepairPlan> {
  const plan = await makePlan(ctx, input, { report });
  await ctx.db.query(savePlan, { hash: plan.hash, plan: storedJson(plan) });
  return plan;
}

/**
 * Makes the plan and does not keep it. With the plan that was `seen`, the counts of each day and the Active Days are
 * taken from it: a start only reads the labels of the days that it changes, and runs every pre-check.
 */
export async function makePlan(
  ctx: Context,
  input: PlanRequest,
  { seen, report }: { seen?: Plan; report?: ReportPlan } = {},
): Promise<RepairPlan> {
  const request = PlanRequest.parse(input);
  const customer = await getCustomer(ctx, request.customerId);
  const scope = scopeOf(customer, request.fromDay, request.toDay, daysMax);
  const tables = await readTables(ctx, customer);
  const strategy = strategyFor(request.strategy, tables);
  const recount = request.recount || !request.onlyAffected;
  const results = seen
    ? seen.days.map(asResult)
    : await countDays(ctx, { scope, days: daysBetween(scope.fromDay, scope.toDay), tables, recount, report });
  const days = await planDays(ctx, {
    scope,
    tables,
    strategy,
    results,
    onlyAffected: request.onlyAffected,
    report,
  });
  const working = days.filter((day) => day.skip === null);
  const executed = working.map((day) => day.day);
  report?.('checking', 0, 1);
  const checks = await runPreChecks(ctx, {
    customer,
    tables,
    strategy,
    scope: spanScope(scope, executed),
    days: working,
    executed,
  });
  const rowsToDelete = working.reduce((sum, day) => sum + day.rowsToDelete, 0);
  const unapproved = await unapprovedRows(ctx.db, customer.id);
  const plan = {
    customerId: customer.id,
    fromDay: scope.fromDay,
    toDay: scope.toDay,
    timeZone: scope.timeZone,
    strategy,
    labelsTable: `${tables.labels.local.database}.${tables.labels.local.table}`,
    labelKey: tables.labels.keyText,
    ...(await plannedTemplate(ctx, scope)),
    days,
    checks,
    expectedActiveDays: seen?.expectedActiveDays ?? (await expectedChange(ctx, { scope, executed, report })),
    expectedSeconds: await expectedSeconds(ctx, customer.id, working),
    rowsToDelete,
    needsApproval: isAboveThreshold(rowsToDelete, unapproved, ctx.config.backfill.approvalRows),
    unapprovedRows: unapproved,
    createdAtMs: ctx.clock.now(),
    undoOf: null,
    offers: strategyOffers(tables.labels, ctx.config.labeler),
  };
  return { ...plan, hash: planHash(plan) };
}

/** Where a changed conversation keeps its label key, writing its label again replaces the row, so no delete is needed. */
const strategyFor = (asked: RepairStrategy, tables: CustomerTables): RepairStrategy =>
  !tables.labels.keyIsMutable ? 'relabel-only' : asked;

/** Covers only the days that are worked on; the others stay as they are. */
async function expectedChange(
  ctx: Context,
  { scope, executed, report }: { scope: Scope; executed: Day[]; report?: ReportPlan },
): Promise<Plan['expectedActiveDays']> {
  if (executed.length === 0) return [];
  const ranges = spansOf(executed, scope.timeZone).map((span) => spanScope(scope, span));
  report?.('active days', 0, 2);
  const labels = await countActiveDays(ctx, { scope, source: 'labels', ranges });
  report?.('active days', 1, 2);
  const truth = await countActiveDays(ctx, { scope, source: 'truth', ranges });
  // An agent with truth and no label has 0 now. One without truth is expected to be gone, as the diff of the run has it.
  const agents = [...new Set([...labels.keys(), ...truth.keys()])].sort();
  return agents
    .map((agent) => ({ agent, before: labels.get(agent) ?? 0, expected: truth.get(agent) ?? null }))
    .filter((row) => row.agent !== '' && row.before !== row.expected);
}

/**
 * Seconds, from the customer's last verified days. Without any: 6 s a day for its three Jobs, and a second for each 20,000
 * conversations.
 */
async function expectedSeconds(ctx: Context, customerId: string, days: DayPlan[]): Promise<number> {
  const conversations = days.reduce((sum, day) => sum + day.conversationsToRelabel, 0);
  const pace = await ctx.db.query(selectPace, { customerId });
  if (pace.length === 0) return Math.ceil(days.length * 6 + conversations / 20_000);
  const seconds = pace.reduce((sum, row) => sum + row.seconds, 0);
  const done = pace.reduce((sum, row) => sum + row.conversations, 0);
  const fixed = Math.min(...pace.map((row) => row.seconds));
  const perConversation = done > 0 ? Math.max(0, seconds - fixed * pace.length) / done : 0;
  return Math.ceil(days.length * fixed + conversations * perConversation);
}
