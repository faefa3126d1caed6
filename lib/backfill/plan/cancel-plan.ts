import type { Context } from '@/lib/context';
import { cancelPlanRequest } from './sql/plans';

/** Stops a preview for all who share it, at the engine too, within a second. One that ended stays as it is. */
export async function cancelPlan({ db }: Pick<Context, 'db'>, { planId }: { planId: string }): Promise<void> {
  await db.query(cancelPlanRequest, { id: planId });
}
