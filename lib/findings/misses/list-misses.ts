import type { Context } from '@/lib/context';
import { AppError } from '@/lib/errors';
import type { MissList, MissView } from './model';
import { countMisses, selectMiss, selectMissDays, selectMisses } from './sql';

type Ctx = Pick<Context, 'db'>;
type Filter = { customerId: string | null; day: string | null; search: string | null };

const missesMost = 100;

/** What full scans found that increments had missed: those that are open, or all, the newest 100. */
export async function listMisses({ db }: Ctx, of: Filter & { openOnly: boolean }): Promise<MissList> {
  const { openOnly, ...filter } = of;
  const [rows, [counted]] = await Promise.all([
    db.query(selectMisses, { ...filter, openOnly, rowsMax: missesMost }),
    db.query(countMisses, filter),
  ]);
  return { rows, open: counted?.open ?? 0, all: counted?.all ?? 0 };
}

/** A miss with what was recorded and counted on each of its days. Throws AppError('not_found'). */
export async function getMiss({ db }: Ctx, { missId }: { missId: string }): Promise<MissView> {
  const [[miss], counts] = await Promise.all([db.query(selectMiss, { missId }), db.query(selectMissDays, { missId })]);
  if (!miss) throw new AppError('not_found', 'There is no such miss.');
  return { ...miss, counts };
}
