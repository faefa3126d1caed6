import type { Context } from '@/lib/context';
import { AppError } from '@/lib/errors';
import type { PlanProgress } from './plan-request-model';
import { lookAtPlanRequest, selectPlanRequest } from './sql/plans';

/** How far a preview is, and the plan once it is done. Each call keeps it going. Throws AppError('not_found'). */
export async function getPlan({ db }: Pick<Context, 'db'>, planId: string): Promise<PlanProgress> {
  const [found] = await db.query(selectPlanRequest, { id: planId });
  if (!found) throw new AppError('not_found', 'There is no such preview, or it is older than a day. Preview again.');
  if (found.lookDue) await db.query(lookAtPlanRequest, { id: planId });
  return found.progress;
}
