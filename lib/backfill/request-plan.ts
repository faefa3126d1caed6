import { randomUUID } from 'node:crypto';
import type { Actor } from '@/lib/auth/model';
import { getCustomer } from '@/lib/customers/get-customer';
import { scopeOf } from '@/lib/customers/model';
import { AppError } from '@/lib/errors';
import { inTransaction } from '@/lib/postgres/queue';
import type { Context } from '@/lib/server/context';
import { daysMax } from './plan-backfill';
import { planQueue, planQueueName } from './plan-queue';
import { type PlanProgress, RequestPlan } from './plan-request-model';
import {
  cancelPlanRequest,
  countPlanRequests,
  insertPlanRequest,
  lockPlanRequests,
  lookAtPlanRequest,
  selectPlanRequest,
} from './sql/plans';

/** Previews of one person that wait or run at a time. */
const atOnceMost = 5;

/**
 * Asks the worker for a preview. Whoever asks for what is already being made shares it. Throws AppError('not_found') for
 * an unknown customer, 'invalid_input' for no range, 'limit' while too many of the person's previews are being made.
 */
export async function requestPlan(ctx: Context, input: RequestPlan, actor: Actor): Promise<{ planId: string }> {
  const request = RequestPlan.parse(input);
  if (request.kind === 'backfill')
    scopeOf(await getCustomer(ctx, request.customerId), request.fromDay, request.toDay, daysMax);
  const asker = actor.subject ?? actor.name;
  const boss = await planQueue(ctx);
  return ctx.db.transaction(async (tx) => {
    await tx.query(lockPlanRequests, [asker]);
    const id = randomUUID();
    const [made] = await tx.query(insertPlanRequest, [id, JSON.stringify(request), asker]);
    if (made && made.id !== id) return { planId: made.id };
    const [{ active } = { active: 0 }] = await tx.query(countPlanRequests, [asker]);
    if (active > atOnceMost)
      throw new AppError(
        'limit',
        `${atOnceMost} previews of yours are being made already. Wait for one of them, or cancel it.`,
      );
    await boss.send(planQueueName, { planId: id }, inTransaction(tx));
    return { planId: id };
  });
}

/** How far a preview is; the plan itself once it is done. A look keeps it going. Throws AppError('not_found'). */
export async function getPlan({ db }: Pick<Context, 'db'>, planId: string): Promise<PlanProgress> {
  const [found] = await db.query(selectPlanRequest, [planId]);
  if (!found) throw new AppError('not_found', 'There is no such preview, or it is older than a day. Preview again.');
  if (found.status === 'queued' || found.status === 'running') await db.query(lookAtPlanRequest, [planId]);
  return found;
}

/** Stops a preview, at the engine too, within a second; for all who share it. One that ended stays as it is. */
export async function cancelPlan({ db }: Pick<Context, 'db'>, { planId }: { planId: string }): Promise<void> {
  await db.query(cancelPlanRequest, [planId]);
}
