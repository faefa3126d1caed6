import type { z } from 'zod';
import type { DetectionContext } from '../judge/classify-scope';
import { type Origins, originsOf } from '../why-model';
import type { WhyAddress } from './address';
import { listConversations } from './list-conversations';

/** Evidence is read of so many conversations, which is what one page may hold. */
const conversationsMost = 500;

/**
 * What made the labels of a day wrong, from the clocks of at most 500 of its affected conversations as they are now.
 * Throws AppError('not_found') for an unknown customer.
 */
export async function readWhy(
  ctx: DetectionContext,
  { customer: customerId, day }: z.output<typeof WhyAddress>,
): Promise<Origins> {
  const { rows, total } = await listConversations(ctx, { customerId, day, rowsMax: conversationsMost });
  return { origins: originsOf(rows), lookedAt: rows.length, total };
}
