import type { Context } from '@/lib/context';
import { getCustomer } from '@/lib/customers/get-customer';
import { type Scope, scopeOf } from '@/lib/customers/model';
import { readTables } from '@/lib/customers/read-tables';
import { AppError } from '@/lib/errors';
import { readDays, withPresent } from './count-active-days';
import {
  type ActiveDaysDiff,
  ActiveDaysQuery,
  countsOf,
  countVerdicts,
  diffAgents,
  type SnapshotPhase,
  type SnapshotRow,
  snapshotPhases,
  totalsOf,
} from './model';
import { selectSnapshots } from './sql/snapshots';

type Reader = Pick<Context, 'db' | 'clickhouse' | 'config' | 'clock'>;
type Snapshot = { rows: SnapshotRow[]; takenAtMs: number };
type Snapshots = Partial<Record<SnapshotPhase, Snapshot>>;

/**
 * Active Days before, expected and after, per agent. With `runId` they come from the run's snapshots, whose range
 * must be the requested one; a phase that is not stored yet is counted now. Without it, before and after are both
 * counted now. Throws AppError('not_found') for a customer or run, AppError('invalid_input') for a range.
 */
export async function activeDaysDiff(ctx: Reader, input: ActiveDaysQuery): Promise<ActiveDaysDiff> {
  const query = ActiveDaysQuery.parse(input);
  const customer = await getCustomer(ctx, query.customerId);
  const scope = scopeOf(customer, query.fromDay, query.toDay);
  const stored = query.runId ? await storedSnapshots(ctx, query.runId, scope) : {};
  const now = snapshotPhases.every((phase) => stored[phase]) ? stored : await readNow(ctx, scope);
  const sides = Object.fromEntries(snapshotPhases.map((phase) => [phase, stored[phase] ?? now[phase]])) as Record<
    SnapshotPhase,
    Snapshot
  >;
  const useCase = query.useCase ?? null;
  const agents = diffAgents({
    before: countsOf(sides.before.rows, useCase),
    expected: countsOf(sides.expected.rows, useCase),
    after: countsOf(sides.after.rows, useCase),
  });
  return {
    customerId: customer.id,
    fromDay: scope.fromDay,
    toDay: scope.toDay,
    timeZone: scope.timeZone,
    useCase,
    runId: query.runId ?? null,
    agents,
    totals: totalsOf(agents),
    counts: countVerdicts(agents),
    takenAtMs: {
      before: sides.before.takenAtMs,
      expected: sides.expected.takenAtMs,
      after: sides.after.takenAtMs,
    },
  };
}

async function readNow(ctx: Reader, scope: Scope): Promise<Required<Snapshots>> {
  const tables = await readTables(ctx, scope);
  const takenAtMs = ctx.clock.now();
  const [labels, truth] = await Promise.all([
    readDays(ctx, tables, scope, 'labels'),
    readDays(ctx, tables, scope, 'truth'),
  ]);
  const labelled = { rows: withPresent(labels, truth), takenAtMs };
  return { before: labelled, expected: { rows: truth, takenAtMs }, after: labelled };
}

async function storedSnapshots(ctx: Reader, runId: string, scope: Scope): Promise<Snapshots> {
  const rows = await ctx.db.query(selectSnapshots, { runId });
  const [run] = rows;
  if (!run || run.customerId !== scope.customerId)
    throw new AppError('not_found', `${scope.customerId} has no backfill ${runId}.`);
  if (run.fromDay !== scope.fromDay || run.toDay !== scope.toDay)
    throw new AppError('invalid_input', `Backfill ${runId} is of ${run.fromDay} up to ${run.toDay} (exclusive).`, {
      fields: { from: 'not the range of the backfill' },
    });
  const snapshots: Snapshots = {};
  for (const { phase, rows: stored, takenAtMs } of rows)
    if (phase && stored && takenAtMs !== null) snapshots[phase] = { rows: stored, takenAtMs };
  return snapshots;
}
