import type { Context } from '@/lib/context';
import type { Scope } from '@/lib/customers/model';
import { dayCount } from '@/lib/days';
import { AppError } from '@/lib/errors';
import { countDays, cutDays } from './days-on-model';
import type { ActiveDaysQuery, SnapshotPhase, SnapshotRow } from './model';
import { selectSnapshots } from './sql/snapshots';

/** What was stored of one phase of a run, for the days of a scope. */
export type StoredSnapshot = { moment: string; rows: SnapshotRow[]; takenAtMs: number };

/** The moments that a query compares; null is now. `expected` is that of the run of the later one. */
export type StoredMoments = Record<SnapshotPhase, StoredSnapshot | null>;

/**
 * The snapshots that a query compares, null where it compares none. Those of a run of more days are cut to the scope.
 * Throws AppError('not_found') for a run of another customer, and AppError('invalid_input') where a snapshot does not
 * have the days of the scope.
 */
export async function readMoments(
  ctx: Pick<Context, 'db'>,
  scope: Scope,
  { runId, before, after }: Pick<ActiveDaysQuery, 'runId' | 'before' | 'after'>,
): Promise<StoredMoments | null> {
  if (!runId && !before && !after) return null;
  const own = (phase: 'before' | 'after') => (runId ? `${runId}:${phase}` : 'now');
  const wanted = { before: before ?? own('before'), after: after ?? own('after') };
  const runs = new Map<string, Map<SnapshotPhase, StoredSnapshot>>();
  for (const run of new Set([wanted.before, wanted.after].flatMap((moment) => runOf(moment) ?? [])))
    runs.set(run, await readRun(ctx, run, scope));
  const stored = (moment: string) => runs.get(runOf(moment) ?? '')?.get(moment.split(':')[1] as SnapshotPhase) ?? null;
  const [first, last] = [stored(wanted.before), stored(wanted.after)];
  // A snapshot that a person named must be there; that of a run under way comes later, so now takes its place.
  for (const [asked, found] of [[before, first] as const, [after, last] as const])
    if (asked && asked !== 'now' && !found)
      throw new AppError('not_found', `Backfill ${runOf(asked)} has no Active Days of ${asked.split(':')[1]} it.`);
  return {
    before: first,
    after: last,
    expected: (last && runs.get(runOf(last.moment) ?? '')?.get('expected')) ?? null,
  };
}

const runOf = (moment: string): string | undefined => (moment === 'now' ? undefined : moment.split(':')[0]);

async function readRun(
  ctx: Pick<Context, 'db'>,
  runId: string,
  scope: Scope,
): Promise<Map<SnapshotPhase, StoredSnapshot>> {
  const rows = await ctx.db.query(selectSnapshots, { runId });
  const [run] = rows;
  if (!run || run.customerId !== scope.customerId)
    throw new AppError('not_found', `${scope.customerId} has no backfill ${runId}.`);
  if ((run.timeZone ?? scope.timeZone) !== scope.timeZone || (run.database ?? scope.database) !== scope.database)
    throw new AppError(
      'refused',
      `Backfill ${runId} counted days of ${run.database} in ${run.timeZone}. ${scope.customerId} is ${scope.database} in ${scope.timeZone} now, so its days cannot be compared with those.`,
    );
  const other = new AppError(
    'invalid_input',
    `Backfill ${runId} is of ${run.fromDay} up to ${run.toDay} (exclusive).`,
    {
      fields: { from: 'not the range of the backfill' },
    },
  );
  if (scope.fromDay < run.fromDay || scope.toDay > run.toDay) throw other;
  const snapshots = new Map<SnapshotPhase, StoredSnapshot>();
  for (const { phase, rows: stored, takenAtMs } of rows) {
    if (!phase || !stored || takenAtMs === null) continue;
    const cut = cutRows(stored, run, scope);
    if (!cut) throw other;
    snapshots.set(phase, { moment: `${runId}:${phase}`, rows: cut, takenAtMs });
  }
  return snapshots;
}

type Days = { fromDay: string; toDay: string };

/** The rows for the days of the scope; null where it is of before days were kept. */
function cutRows(rows: SnapshotRow[], run: Days, scope: Days): SnapshotRow[] | null {
  if (run.fromDay === scope.fromDay && run.toDay === scope.toDay) return rows;
  const [skip, days] = [dayCount(run.fromDay, scope.fromDay), dayCount(scope.fromDay, scope.toDay)];
  const cut: SnapshotRow[] = [];
  for (const row of rows) {
    if (row.on === undefined) return null;
    const on = cutDays(row.on, skip, days);
    cut.push({ ...row, on, days: countDays(on) });
  }
  return cut;
}
