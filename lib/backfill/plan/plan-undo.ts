import type { Context } from '@/lib/context';
import { type Customer, type CustomerTables, scopeBetween } from '@/lib/customers/model';
import { readTables } from '@/lib/customers/read-tables';
import { requireActive } from '@/lib/customers/require-active';
import { scopeOfUnit } from '@/lib/customers/unit-model';
import { unitInWords } from '@/lib/customers/unit-words-model';
import { AppError } from '@/lib/errors';
import { backupGaps } from '@/lib/label-store/backup-gaps';
import { backupIdOf } from '@/lib/label-store/model';
import { readBackups } from '@/lib/label-store/read-backups';
import { whyNotRestorable } from '@/lib/label-store/restorable';
import { staleInBackup } from '@/lib/label-store/wrong-rows';
import { storedJson } from '@/lib/text';
import { PlanUndo } from '../state/command-model';
import type { Plan, UnitPlan } from '../state/plan-model';
import { plannedTemplate } from './job-template';
import { planHash } from './plan-hash';
import type { ReportPlan } from './plan-request-model';
import { runPreChecks } from './pre-checks';
import { savePlan } from './sql/plans';
import { selectUndoSource, type UndoSource } from './sql/undo';
import { countUnits } from './units/count-units';
import { dayPlan, planOfUnit, readUnits } from './units/read-units';

/** A unit's restore: one Job, and the copy of what is there before it. */
const secondsPerUnit = 5;

/**
 * A read-only preview of an undo of a former run, or of one day of it: the rows that are deleted, the rows that come
 * back, the age of the backup, and how many conversations will then differ from the truth. It is kept under its hash
 * for a day. Throws AppError('not_found') for an unknown run or day, 'conflict' while the run is active, and 'refused'
 * where the table, its key, the profiles or the time zone have changed since the backup was taken.
 */
export async function planUndo(ctx: Context, input: PlanUndo, report?: ReportPlan): Promise<Plan> {
  const plan = await makeUndoPlan(ctx, input, report);
  await ctx.db.query(savePlan, { hash: plan.hash, plan: storedJson(plan) });
  return plan;
}

/** Makes the plan and does not keep it. */
export async function makeUndoPlan(ctx: Context, input: PlanUndo, report?: ReportPlan): Promise<Plan> {
  const request = PlanUndo.parse(input);
  const sources = await ctx.db.query(selectUndoSource, { runId: request.runId, unit: request.unit ?? null });
  const [first] = sources;
  const last = sources.at(-1);
  if (!first || !last)
    throw new AppError('not_found', 'This run has no such unit with a backup, so there is nothing to undo.');
  if (first.runStatus === 'queued' || first.runStatus === 'running')
    throw new AppError('conflict', 'The run is still active. Cancel it first, then undo it.');
  const customer = await requireActive(ctx, first.customerId);
  const tables = await readTables(ctx, customer);
  refuseOther(first, customer, tables);
  const wanted = new Map(sources.map((source) => [source.unit, source]));
  const scope = scopeBetween(customer, { fromMs: first.scope.fromMs, toMs: last.scope.toMs });
  const { counted } = await countUnits(ctx, { scope, units: [...wanted.keys()], tables, recount: true, report });
  const units = [...wanted.keys()].map((unit) => ({ unit, days: (counted.get(unit) ?? []).map(dayPlan) }));
  const labels = await readUnits(ctx, { scope, tables, units, report, countsWrong: false });
  const planned = units.map((unit) => planOfUnit(unit, labels.get(unit.unit), 'undo'));
  const { backups: found, unread } = await readBackups(ctx, [tables]);
  if (unread[0]) throw unread[0].error;
  const sizes = new Map(found.map((backup) => [backup.backupId, backup]));
  const restored: UnitPlan[] = [];
  for (const unit of planned) {
    const source = wanted.get(unit.unit);
    if (source)
      restored.push(await undoUnit(ctx, { unit, source, tables, customer, size: sizes.get(backupIdOfSource(source)) }));
  }
  const working = restored.filter(({ skip }) => skip === null);
  report?.('checking', 0, 1);
  const checks = await runPreChecks(ctx, {
    customer,
    tables,
    strategy: 'undo',
    scope,
    units: working,
    executed: working.map(({ unit }) => unit),
  });
  const plan = {
    customerId: customer.id,
    fromDay: scope.fromDay,
    toDay: scope.toDay,
    timeZone: scope.timeZone,
    strategy: 'undo' as const,
    labelsTable: nameOf(tables),
    labelKey: tables.labels.keyText,
    ...(await plannedTemplate(ctx, scope)),
    unitChoice: null,
    units: restored,
    checks,
    expectedActiveDays: [],
    expectedSeconds: working.length * secondsPerUnit,
    rowsToDelete: working.reduce((sum, unit) => sum + unit.rowsToDelete, 0),
    needsApproval: true,
    unapprovedRows: 0,
    offers: [],
    choices: [],
    recommended: null,
    createdAtMs: ctx.clock.now(),
    undoOf: { runId: request.runId, unit: request.unit ?? null },
  };
  return { ...plan, hash: planHash(plan) };
}

const nameOf = ({ labels }: CustomerTables) => `${labels.local.database}.${labels.local.table}`;
const backupIdOfSource = ({ runId, unit, backup }: UndoSource) => backupIdOf({ runId, unit, attempt: backup });
function refuseOther(source: UndoSource, customer: Customer, tables: CustomerTables): void {
  const { scope } = source;
  const profiles = [...customer.profiles].sort().join(', ');
  if (source.labelsTable !== nameOf(tables) || source.labelKey !== tables.labels.keyText)
    throw new AppError(
      'refused',
      `The labels are now in ${nameOf(tables)} with the key ${tables.labels.keyText}; the backup is of ${source.labelsTable} with ${source.labelKey}.`,
    );
  if (scope.timeZone !== customer.timeZone || scope.profiles.join(', ') !== profiles)
    throw new AppError(
      'refused',
      `The backup is of the profiles ${scope.profiles.join(', ')} in ${scope.timeZone}; the customer now has ${profiles} in ${customer.timeZone}. Restoring it would delete other rows than it brings back.`,
    );
}

/** How the labels of a backup differ from the truth of now. */
async function gapsOf(
  ctx: Context,
  of: { unit: UnitPlan; source: UndoSource; tables: CustomerTables; customer: Customer },
) {
  const { unit, source, tables, customer } = of;
  const backup = { scope: scopeOfUnit(customer, unit.unit), tables, backupId: backupIdOfSource(source) };
  const [stale, gaps] = await Promise.all([staleInBackup(ctx, backup), backupGaps(ctx, backup)]);
  return { stale, ...gaps };
}

async function undoUnit(
  ctx: Context,
  of: {
    unit: UnitPlan;
    source: UndoSource;
    tables: CustomerTables;
    customer: Customer;
    size: { bytes: number; takenAtMs: number } | undefined;
  },
): Promise<UnitPlan> {
  const { unit, source, tables, size } = of;
  if (size && !source.dropped) {
    const why = await whyNotRestorable(ctx, { tables, backupId: backupIdOfSource(source) });
    if (why) throw new AppError('refused', `${unitInWords(unit.unit)} cannot be undone. ${why}`);
  }
  const gaps = size ? await gapsOf(ctx, of) : { stale: 0, missing: 0, orphans: 0 };
  const undo = {
    runId: source.runId,
    itemId: source.itemId,
    backupId: backupIdOfSource(source),
    rows: source.rows,
    hash: source.hash,
    backedUpAtMs: size?.takenAtMs ?? null,
    bytes: size?.bytes ?? 0,
    differAfter: gaps.stale + gaps.missing + gaps.orphans,
    missingAfter: gaps.missing,
  };
  const same = unit.labelRows === undo.rows && unit.labelHash === undo.hash;
  const skip =
    source.dropped || !size
      ? 'The backup of this unit was dropped.'
      : same
        ? 'The labels are those of the backup already.'
        : null;
  return { ...unit, skip, undo, ...(skip === null ? {} : { rowsToDelete: 0, partsTouched: 0, bytesTouched: 0 }) };
}
