import type { Context } from '@/lib/context';
import { getCustomer } from '@/lib/customers/get-customer';
import { type Scope, scopeOf } from '@/lib/customers/model';
import { readTables } from '@/lib/customers/read-tables';
import { readDays, withPresent } from './count-active-days';
import {
  type ActiveDaysDiff,
  ActiveDaysQuery,
  type AgentDiff,
  countsOf,
  diffAgents,
  everyUseCase,
  type SnapshotPhase,
  type SnapshotRow,
  snapshotPhases,
  totalsOf,
} from './model';
import { readMoments, type StoredMoments } from './read-moments';
import { countVerdicts } from './verdict-model';

type Reader = Pick<Context, 'db' | 'clickhouse' | 'config' | 'clock'>;
type Side = { moment: string; rows: SnapshotRow[]; takenAtMs: number };

/**
 * Active Days before, expected and after, per agent. With `runId` they come from the run's snapshots, with `before` and
 * `after` from those of any two runs; the range must be within that of the snapshots, and a phase that is not stored yet is
 * counted now. Without them before and after are both counted now. Throws AppError('not_found') for a customer, run or
 * snapshot, AppError('invalid_input') for a range.
 */
export async function activeDaysDiff(ctx: Reader, input: ActiveDaysQuery): Promise<ActiveDaysDiff> {
  const query = ActiveDaysQuery.parse(input);
  const customer = await getCustomer(ctx, query.customerId);
  const scope = scopeOf(customer, query.fromDay, query.toDay);
  const stored = await readMoments(ctx, scope, query);
  const sides = await readSides(ctx, scope, stored);
  const useCase = query.useCase ?? null;
  const counts = {
    before: countsOf(sides.before.rows, useCase),
    expected: countsOf(sides.expected.rows, useCase),
    after: countsOf(sides.after.rows, useCase),
  };
  const isRepaired = !stored || stored.after !== null || query.after !== undefined;
  const agents = diffAgents(counts, { compared: stored !== null }).map((row) =>
    isRepaired ? row : { ...row, verdict: notYet(row) },
  );
  return {
    customerId: customer.id,
    fromDay: scope.fromDay,
    toDay: scope.toDay,
    timeZone: scope.timeZone,
    useCase,
    useCases: everyUseCase(sides.before.rows, sides.expected.rows, sides.after.rows),
    runId: query.runId ?? null,
    compared: stored && { before: momentOf(sides.before), after: momentOf(sides.after) },
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

const momentOf = ({ moment, takenAtMs }: Side) => ({ moment, takenAtMs });

/** A run that did not come to its end has not failed to repair an agent. */
const notYet = ({ verdict, before, after }: AgentDiff) =>
  verdict === 'still wrong' && before === after ? 'wrong' : verdict;

async function readSides(
  ctx: Reader,
  scope: Scope,
  stored: StoredMoments | null,
): Promise<Record<SnapshotPhase, Side>> {
  const now = stored && snapshotPhases.every((phase) => stored[phase]) ? null : await readNow(ctx, scope);
  return Object.fromEntries(snapshotPhases.map((phase) => [phase, stored?.[phase] ?? now?.[phase]])) as Record<
    SnapshotPhase,
    Side
  >;
}

async function readNow(ctx: Reader, scope: Scope): Promise<Record<SnapshotPhase, Side>> {
  const tables = await readTables(ctx, scope);
  const takenAtMs = ctx.clock.now();
  const [labels, truth] = await Promise.all([
    readDays(ctx, tables, scope, 'labels'),
    readDays(ctx, tables, scope, 'truth'),
  ]);
  const labelled = { moment: 'now', rows: withPresent(labels, truth), takenAtMs };
  return { before: labelled, expected: { moment: 'now', rows: truth, takenAtMs }, after: labelled };
}
