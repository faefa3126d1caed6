import { recordAudit } from '@/lib/audit/record-audit';
import type { Actor } from '@/lib/auth/model';
import type { Context } from '@/lib/context';
import { AppError } from '@/lib/errors';
import { RetryDeliveries } from './input-model';
import { retryGivenUp, unblockChannel } from './sql/asked';

/**
 * Lets messages that were given up be tried again at once, with the idempotency keys that they had. Throws
 * AppError('conflict') where none of them is given up any more.
 */
export function retryDeliveries(
  ctx: Pick<Context, 'db'>,
  input: RetryDeliveries,
  actor: Actor,
): Promise<{ retried: number }> {
  const { channel, deliveryId } = RetryDeliveries.parse(input);
  return ctx.db.transaction(async (tx) => {
    const retried = await tx.query(retryGivenUp, { channel, deliveryId });
    if (retried.length === 0) throw new AppError('conflict', 'No such message is given up any more. Look again.');
    await tx.query(unblockChannel, { channel });
    await recordAudit(tx, actor, {
      action: 'notifications.retry',
      subject: channel,
      detail: { messages: retried.length, ...(deliveryId === null ? {} : { deliveryId }) },
    });
    return { retried: retried.length };
  });
}
