import { randomUUID } from 'node:crypto';
import type { Actor } from '@/lib/auth/model';
import type { OrderRow } from './sql/orders';

/** Who does what an order does: the audit names the order and who approved it. */
export const orderActor = ({ id, approvedBy }: Pick<OrderRow, 'id' | 'approvedBy'>): Actor => ({
  name: `standing order ${id.slice(0, 8)}, approved by ${approvedBy ?? 'nobody'}`,
  role: 'operator',
  via: 'worker',
  requestId: randomUUID(),
});
