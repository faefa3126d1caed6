import type { JobTemplate } from '@/lib/jobs/model';
import type { Db } from '@/lib/postgres/client';
import { isAlive } from './alive';
import { selectWorkers } from './sql';

/** The Job template that a worker read last; null if no living worker has read one. */
export async function templateByWorkers(ctx: { db: Db }): Promise<JobTemplate | null> {
  const alive = (await ctx.db.query(selectWorkers)).filter(isAlive);
  const [newest] = alive
    .filter(({ check }) => check?.template)
    .sort((a, b) => (b.checkedAtMs ?? 0) - (a.checkedAtMs ?? 0));
  return newest?.check?.template ?? null;
}
