import { approvedOrderHash } from '@/lib/backfill/plan/approved-order';
import { OrderPlan } from './model';

/** sha256 over what an approval of an order is for. Every run of the order proves it again. */
export const orderHash = (plan: OrderPlan): string => approvedOrderHash(OrderPlan.parse(plan));
