import type { Context } from '@/lib/context';
import type { RunStatus, RunSummary } from '../state/model';
import { selectRuns } from './sql/run-list';

/** Active runs first, then the newest; at most `rowsMax`, which is 100 by default. */
export async function listRuns(
  { db }: Pick<Context, 'db'>,
  filter: { customerId?: string; status?: RunStatus; rowsMax?: number } = {},
): Promise<RunSummary[]> {
  return db.query(selectRuns, {
    customerId: filter.customerId ?? null,
    status: filter.status ?? null,
    rowsMax: filter.rowsMax ?? 100,
  });
}
