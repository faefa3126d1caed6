import { recordAudit } from '@/lib/audit/record-audit';
import type { Actor } from '@/lib/auth/model';
import type { Context } from '@/lib/context';
import { AppError } from '@/lib/errors';
import { storedJson } from '@/lib/text';
import { TestChannel } from './input-model';
import { testContent } from './message-model';
import { insertTest } from './sql/asked';

/** Puts a test message into the outbox of a channel. Throws AppError('refused') where no worker has its configuration. */
export function testChannel(
  ctx: Pick<Context, 'db'>,
  input: TestChannel,
  actor: Actor,
): Promise<{ deliveryId: number }> {
  const { channel } = TestChannel.parse(input);
  return ctx.db.transaction(async (tx) => {
    const [deliveryId] = await tx.query(insertTest, { channel, message: storedJson(testContent(actor.name)) });
    if (deliveryId === undefined)
      throw new AppError('refused', `The channel ${channel} is not configured, so nothing can be sent to it.`);
    await recordAudit(tx, actor, { action: 'notifications.test', subject: channel, detail: { deliveryId } });
    return { deliveryId };
  });
}
