import type { Db } from '@/lib/postgres/client';
import type { Channel } from '../model';
import { countDeliveries, selectDeliveries } from '../sql/view';
import type { DeliveriesPage, DeliveryState } from '../view-model';

const deliveriesOfPage = 50;

/**
 * One page (from 0) of what was or will be sent, the newest first. What was skipped, or is part of a summary, is there only
 * under its state.
 */
export async function listDeliveries(
  { db }: { db: Db },
  { page = 0, channel, state }: { page?: number; channel?: Channel; state?: DeliveryState },
): Promise<DeliveriesPage> {
  const filter = { channel: channel ?? null, state: state ?? null };
  const [rows = 0] = await db.query(countDeliveries, filter);
  const of = Math.max(1, Math.ceil(rows / deliveriesOfPage));
  const at = Math.min(of - 1, Math.max(0, page));
  const range = { rowsMax: deliveriesOfPage, skipped: at * deliveriesOfPage };
  return { deliveries: await db.query(selectDeliveries, { ...filter, ...range }), page: { at, of } };
}
