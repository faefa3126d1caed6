import { randomUUID } from 'node:crypto';
import type { Actor } from '@/lib/auth/model';
import type { Context } from '@/lib/context';
import { scopeOf } from '@/lib/customers/model';
import { requireActive } from '@/lib/customers/require-active';
import { AppError } from '@/lib/errors';
import { refuseWhileStopped } from '@/lib/holds/refuse-while-stopped';
import { daysMax } from '../state/command-model';
import { planQueue, sendPlan } from './plan-queue';
import { RequestPlan } from './plan-request-model';
import { countPlanRequests, insertPlanRequest, lockPlanRequests } from './sql/plans';

/** Previews of one person that wait or run at a time. */
const atOnceMost = 5;

/**
 * Asks the worker for a preview. Two people who ask for the same share one. Throws AppError('not_found') for an unknown
 * customer, 'invalid_input' for no range, 'refused' while everything is stopped or the customer is not active, 'limit' while too many of the person's
 * previews are being made.
 */
export async function requestPlan(ctx: Context, input: RequestPlan, actor: Actor): Promise<{ planId: string }> {
  const request = RequestPlan.parse(input);
  await refuseWhileStopped(ctx.db);
  if (request.kind === 'backfill')
    scopeOf(await requireActive(ctx, request.customerId), request.fromDay, request.toDay, daysMax);
  const asker = actor.subject ?? actor.name;
  const boss = await planQueue(ctx);
  return ctx.db.transaction(async (tx) => {
    await tx.query(lockPlanRequests, { requestedBy: asker });
    const id = randomUUID();
    const [made] = await tx.query(insertPlanRequest, { id, request: JSON.stringify(request), requestedBy: asker });
    if (made && made.id !== id) return { planId: made.id };
    const [{ active } = { active: 0 }] = await tx.query(countPlanRequests, { requestedBy: asker });
    if (active > atOnceMost)
      throw new AppError(
        'limit',
        `${atOnceMost} previews of yours are being made already. Wait for one of them, or cancel it.`,
      );
    await sendPlan(boss, tx, id);
    return { planId: id };
  });
}
