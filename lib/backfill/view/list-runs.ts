import type { Context } from '@/lib/context';
import type { RunStatus, RunSummary } from '../state/model';
import { readProgress } from './run-progress';
import { selectRuns } from './sql/run-list';

/** Active runs first, then the newest; at most `rowsMax`, which is 100 by default. With `day`, those that work on it. */
export async function listRuns(
  { db }: Pick<Context, 'db'>,
  filter: { customerId?: string; status?: RunStatus; day?: string; rowsMax?: number } = {},
): Promise<RunSummary[]> {
  const runs = await db.query(selectRuns, {
    customerId: filter.customerId ?? null,
    status: filter.status ?? null,
    day: filter.day ?? null,
    rowsMax: filter.rowsMax ?? 100,
  });
  const progress = await readProgress(
    { db },
    runs.filter(({ endedAtMs }) => endedAtMs === null).map(({ id }) => id),
  );
  return runs.map((run) => ({ ...run, progress: progress.get(run.id)?.run ?? null }));
}
