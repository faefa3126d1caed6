import type { z } from 'zod';
import { countActiveDays } from '@/lib/active-days/count-active-days';
import type { Context } from '@/lib/context';
import { tablesNow } from '@/lib/customers/kept-tables';
import { type CustomerTables, type Scope, scopeOf } from '@/lib/customers/model';
import { requireActive } from '@/lib/customers/require-active';
import { daysBetween } from '@/lib/days';
import { storedJson } from '@/lib/text';
import { daysMax, PlanRequest } from '../state/command-model';
import type { RepairStrategy } from '../state/name-model';
import {
  countsOfUnit,
  isAboveThreshold,
  type Plan,
  type RepairPlan,
  type UnitOffer,
  type UnitPlan,
} from '../state/plan-model';
import { strategyOffers } from '../state/strategies';
import { plannedTemplate } from './job-template';
import { planHash } from './plan-hash';
import type { ReportPlan } from './plan-request-model';
import { runPreChecks } from './pre-checks';
import { savePlan } from './sql/plans';
import { unapprovedRows } from './unapproved-rows';
import { type ChoiceFacts, chooseUnits, countHours } from './units/choose-units';
import { costOf, type Pace, paceOf } from './units/cost';
import { countUnits } from './units/count-units';
import { type CountedUnit, planOfUnit, readUnits, skippedUnit } from './units/read-units';
import { recommend } from './units/recommend';
import { rangesOf, spanScope } from './units/spans';

/**
 * A read-only preview of a repair: its units with what each loses and gets, the pre-checks with their numbers, the
 * expected change of Active Days and the expected time. It is kept under its hash for a day, so that a start can name
 * what changed. Throws AppError('not_found') for an unknown customer, 'refused' for a strategy that is not possible.
 */
export async function planBackfill(ctx: Context, input: PlanRequest, report?: ReportPlan): Promise<RepairPlan> {
  const plan = await makePlan(ctx, input, { report });
  await ctx.db.query(savePlan, { hash: plan.hash, plan: storedJson(plan) });
  return plan;
}

/**
 * Makes the plan and does not keep it. With the plan that was `seen`, its strategy, its units with their counts and the
 * Active Days are taken from it: a start only reads the labels of the units that it changes, and runs every pre-check.
 */
export async function makePlan(
  ctx: Context,
  input: PlanRequest,
  { seen, report }: { seen?: RepairPlan; report?: ReportPlan } = {},
): Promise<RepairPlan> {
  const request = PlanRequest.parse(input);
  const customer = await requireActive(ctx, request.customerId);
  const scope = scopeOf(customer, request.fromDay, request.toDay, daysMax);
  const tables = await tablesNow(ctx, customer);
  const pace = await paceOf(ctx, customer.id);
  const { counted, skipped, choices } = seen
    ? unitsOfPlan(seen)
    : await countAndChoose(ctx, { scope, tables, request, report });
  const labels = await readUnits(ctx, { scope, tables, units: counted, report });
  const unitsBy = (strategy: RepairStrategy) => counted.map((one) => planOfUnit(one, labels.get(one.unit), strategy));
  const offers = strategyOffers(tables.labels, ctx.config.labeler).map((offer) => {
    const cost = costOf(unitsBy(offer.strategy), { strategy: offer.strategy, pace });
    const rowsToDelete = offer.possible ? sumOf(unitsBy(offer.strategy), 'rowsToDelete') : null;
    return { ...offer, rowsToDelete, gapSeconds: cost.gapSeconds };
  });
  const recommended = recommend({
    offers,
    orphans: counted.reduce((sum, unit) => sum + countsOfUnit(unit).orphans, 0),
    labelRows: [...labels.values()].reduce((sum, { digest }) => sum + digest.rows, 0),
  });
  const strategy = seen?.strategy ?? strategyFor(request.strategy ?? recommended.strategy, tables);
  const working = unitsBy(strategy);
  const executed = working.map(({ unit }) => unit);
  report?.('checking', 0, 1);
  const checks = await runPreChecks(ctx, {
    customer,
    tables,
    strategy,
    scope: spanScope(scope, executed),
    units: working,
    executed,
  });
  const rowsToDelete = sumOf(working, 'rowsToDelete');
  const unapproved = await unapprovedRows(ctx.db, customer.id);
  const plan = {
    customerId: customer.id,
    fromDay: scope.fromDay,
    toDay: scope.toDay,
    timeZone: scope.timeZone,
    strategy,
    unitChoice: seen?.unitChoice ?? request.units,
    labelsTable: `${tables.labels.local.database}.${tables.labels.local.table}`,
    labelKey: tables.labels.keyText,
    ...(await plannedTemplate(ctx, scope)),
    units: [...working, ...skipped].sort((a, b) => (a.unit < b.unit ? -1 : 1)),
    checks,
    expectedActiveDays: seen?.expectedActiveDays ?? (await expectedChange(ctx, { scope, tables, executed, report })),
    expectedSeconds: costOf(working, { strategy, pace }).seconds,
    rowsToDelete,
    needsApproval: isAboveThreshold(rowsToDelete, unapproved, ctx.config.backfill.approvalRows),
    unapprovedRows: unapproved,
    createdAtMs: ctx.clock.now(),
    undoOf: null,
    offers,
    choices: seen?.choices ?? choices.map((facts) => choiceOffer(facts, { working, strategy, pace })),
    recommended: seen?.recommended ?? recommended,
  };
  return { ...plan, hash: planHash(plan) };
}

const sumOf = (units: readonly UnitPlan[], key: 'rowsToDelete') => units.reduce((sum, unit) => sum + unit[key], 0);

/** The units of a plan that was made before, as they were counted then. */
const unitsOfPlan = (plan: RepairPlan) => ({
  counted: plan.units.filter(({ skip }) => skip === null).map(({ unit, days }): CountedUnit => ({ unit, days })),
  skipped: plan.units.filter(({ skip }) => skip !== null),
  choices: [],
});

async function countAndChoose(
  ctx: Context,
  of: { scope: Scope; tables: CustomerTables; request: z.output<typeof PlanRequest>; report?: ReportPlan },
): Promise<{ counted: CountedUnit[]; skipped: UnitPlan[]; choices: ChoiceFacts[] }> {
  const { scope, tables, request, report } = of;
  const days = daysBetween(scope.fromDay, scope.toDay);
  const { counted, affectedIds } = await countUnits(ctx, {
    scope,
    units: days,
    tables,
    recount: request.recount || !request.onlyAffected,
    wantsIds: (day) => day.affected > 0 && day.conversations > ctx.config.backfill.unitRows,
    report,
  });
  const { choices, skipped } = await chooseUnits(ctx, {
    scope,
    tables,
    results: days.flatMap((day) => counted.get(day) ?? []),
    affectedIds,
    onlyAffected: request.onlyAffected,
  });
  const chosen = choices.find(({ choice }) => choice === request.units)?.units ?? [];
  return {
    counted: await countHours(ctx, { scope, tables, units: chosen }),
    skipped: skipped.map((unit) => skippedUnit(unit, unit.skip)),
    choices,
  };
}

/**
 * What another choice of units would come to. Its rows are those of the chosen units, shared by the conversations of
 * each of its units.
 */
function choiceOffer(
  { choice, units, parts, bytes }: ChoiceFacts,
  of: { working: readonly UnitPlan[]; strategy: RepairStrategy; pace: Pace },
): UnitOffer {
  const { working, strategy, pace } = of;
  const deletes = sumOf(working, 'rowsToDelete') > 0;
  const hasRows = working.some(({ labelRows }) => labelRows > 0);
  const each = units.map((unit) => {
    const counts = countsOfUnit(unit);
    return {
      rowsToDelete: deletes ? 1 : 0,
      labelRows: hasRows ? 1 : 0,
      conversationsToRelabel: counts.conversations - counts.open,
      partsTouched: 0,
      bytesTouched: 0,
    };
  });
  const touched = deletes ? { parts, bytes } : { parts: 0, bytes: 0 };
  return { choice, ...costOf(each, { strategy, pace }), ...touched };
}

/** Where a changed conversation keeps its label key, writing its label again replaces the row, so no delete is needed. */
const strategyFor = (asked: RepairStrategy, tables: CustomerTables): RepairStrategy =>
  !tables.labels.keyIsMutable ? 'relabel-only' : asked;

/** Covers only the days that are worked on; the others stay as they are. */
async function expectedChange(
  ctx: Context,
  of: { scope: Scope; tables: CustomerTables; executed: string[]; report?: ReportPlan },
): Promise<Plan['expectedActiveDays']> {
  const { scope, tables, executed, report } = of;
  if (executed.length === 0) return [];
  const ranges = rangesOf(executed, scope);
  report?.('active days', 0, 2);
  const labels = await countActiveDays(ctx, { scope, source: 'labels', ranges, tables });
  report?.('active days', 1, 2);
  const truth = await countActiveDays(ctx, { scope, source: 'truth', ranges, tables });
  // An agent with truth and no label has 0 now. One without truth is expected to be gone, as the diff of the run has it.
  const agents = [...new Set([...labels.keys(), ...truth.keys()])].sort();
  return agents
    .map((agent) => ({ agent, before: labels.get(agent) ?? 0, expected: truth.get(agent) ?? null }))
    .filter((row) => row.agent !== '' && row.before !== row.expected);
}
