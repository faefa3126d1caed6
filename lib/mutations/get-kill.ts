import type { Context } from '@/lib/context';
import { AppError } from '@/lib/errors';
import type { KillView } from './kill-model';
import { type KillRow, selectKill } from './sql/kills';

export const viewOfKill = ({ order: _, ...view }: KillRow): KillView => view;

/** A KILL as its panel shows it. Throws AppError('not_found'). */
export async function getKill({ db }: Pick<Context, 'db'>, killId: string): Promise<KillView> {
  const [row] = await db.query(selectKill, { id: killId });
  if (!row) throw new AppError('not_found', 'There is no such KILL.');
  return viewOfKill(row);
}
