import { z } from 'zod';
import { pgStatement } from '@/lib/postgres/statement';
import { channels } from '../model';

const deliveryId = z.object({ id: z.number() }).transform(({ id }) => id);

/** Messages that were given up wait again, under the keys that they had; one of them, or all of the channel. */
export const retryGivenUp = pgStatement({
  name: 'notifications.retry_given_up',
  text: `
    UPDATE notification_deliveries
    SET state = 'waiting', attempts = 0, first_tried_at = NULL, next_at = now(), claimed_until = NULL,
      given_up_at = NULL
    WHERE channel = :channel AND state = 'given up' AND (:deliveryId::bigint IS NULL OR id = :deliveryId)
    RETURNING id`,
  params: z.object({ channel: z.enum(channels), deliveryId: z.number().nullable() }),
  row: deliveryId,
});

/** What is tried again at once need not wait for the pause that a failure made. */
export const unblockChannel = pgStatement({
  name: 'notifications.unblock_channel',
  text: 'UPDATE notification_channels SET blocked_until = NULL WHERE channel = :channel',
  params: z.object({ channel: z.enum(channels) }),
  row: z.never(),
});

/** A test of a channel that is configured; no row where it is not. */
export const insertTest = pgStatement({
  name: 'notifications.insert_test',
  text: `
    INSERT INTO notification_deliveries (channel, kind, idempotency_key, urgent, message)
    SELECT channel, 'test', gen_random_uuid(), true, :message::jsonb
    FROM notification_channels
    WHERE channel = :channel AND configured
    RETURNING id`,
  params: z.object({ channel: z.enum(channels), message: z.string() }),
  row: deliveryId,
});
