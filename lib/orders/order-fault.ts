import { isAskedByPerson } from '@/lib/approvals/model';
import type { Context } from '@/lib/context';
import { planOf } from './ask-order';
import { orderHash } from './order-hash';
import { type OrderRow, selectOrderProof } from './sql/orders';

/**
 * Why an order may not act, as a sentence. Null where the audit has the approval of exactly these terms and its use for
 * this order. The rows of an order prove nothing, since anyone with the database's password can write them (decision 4).
 */
export async function orderFault(ctx: Pick<Context, 'db' | 'config'>, order: OrderRow): Promise<string | null> {
  const plan = planOf(order);
  if (plan === null || orderHash(plan) !== order.planHash)
    return 'The terms of this order are not those that its hash is of, so it does nothing.';
  const [approval] = await ctx.db.query(selectOrderProof, { id: order.id });
  if (!approval) return 'The audit has no approval of this order with these terms, so it does nothing.';
  if (ctx.config.auth.signIn === 'oidc' && !(isAskedByPerson(approval) && approval.decidedSubject !== null))
    return 'It is not known which two people proposed and approved this order, so it does nothing.';
  return null;
}
