import { z } from 'zod';
import { pgStatement } from '@/lib/postgres/statement';
import { sendingChannels } from '../model';

/**
 * Says at `:now` which channels this worker can send to. Another one may have other channels, as during a roll-out, so one
 * is configured until no worker that has it has looked since `:lookedSince`.
 */
export const saveChannels = pgStatement({
  name: 'notifications.save_channels',
  text: `
    INSERT INTO notification_channels AS c (channel, configured, looked_at)
    SELECT given.channel, given.channel = ANY (:configured), CASE WHEN given.channel = ANY (:configured) THEN :now::timestamptz END
    FROM unnest(:channels::text[]) AS given (channel)
    ON CONFLICT (channel) DO UPDATE
    SET configured = excluded.configured OR (c.configured AND c.looked_at > :lookedSince),
      looked_at = coalesce(excluded.looked_at, c.looked_at)`,
  params: z.object({
    channels: z.array(z.enum(sendingChannels)),
    configured: z.array(z.string()),
    now: z.date(),
    lookedSince: z.date(),
  }),
  row: z.never(),
});

/** What waits for a channel that no worker has had since `:lookedSince` is not sent later as news. */
export const skipUnconfigured = pgStatement({
  name: 'notifications.skip_unconfigured',
  text: `
    UPDATE notification_deliveries d
    SET state = 'skipped', failure = :why
    FROM notification_channels c
    WHERE c.channel = d.channel AND NOT c.configured AND c.looked_at <= :lookedSince AND d.state = 'waiting'`,
  params: z.object({ why: z.string(), lookedSince: z.date() }),
  row: z.never(),
});

/** A summary, as a message that is being sent. */
export const insertSummary = pgStatement({
  name: 'notifications.insert_summary',
  text: `
    INSERT INTO notification_deliveries (channel, kind, idempotency_key, urgent, state)
    VALUES (:channel, 'summary', gen_random_uuid(), :urgent, 'waiting')
    RETURNING id`,
  params: z.object({ channel: z.string(), urgent: z.boolean() }),
  row: z.object({ id: z.number() }).transform(({ id }) => id),
});

/** Each message of `:contents` as it was written, held by its summary. */
export const foldDeliveries = pgStatement({
  name: 'notifications.fold_deliveries',
  text: `
    UPDATE notification_deliveries d
    SET state = 'in summary', summary_id = :summaryId, message = g.message,
      first_tried_at = coalesce(d.first_tried_at, :now)
    FROM jsonb_to_recordset(:contents::jsonb) AS g (id bigint, message jsonb)
    WHERE d.id = g.id`,
  params: z.object({ summaryId: z.number(), contents: z.string(), now: z.date() }),
  row: z.never(),
});

/** Writes that a message is being sent now, before it is. Nobody else takes it before `:claimedUntil`. */
export const beginSending = pgStatement({
  name: 'notifications.begin_sending',
  text: `
    UPDATE notification_deliveries
    SET state = 'sending', attempts = attempts + 1, message = :message::jsonb, claimed_until = :claimedUntil,
      first_tried_at = coalesce(first_tried_at, :now)
    WHERE id = :id
    RETURNING idempotency_key, attempts, first_tried_at, made_at`,
  params: z.object({ id: z.number(), message: z.string(), claimedUntil: z.date(), now: z.date() }),
  row: z
    .object({ idempotency_key: z.string(), attempts: z.number(), first_tried_at: z.date(), made_at: z.date() })
    .transform((row) => ({
      key: row.idempotency_key,
      attempts: row.attempts,
      firstTriedMs: row.first_tried_at.getTime(),
      madeAtMs: row.made_at.getTime(),
    })),
});

/** It arrived; true also after another worker took it because this one was slow. */
export const markSent = pgStatement({
  name: 'notifications.mark_sent',
  text: `
    UPDATE notification_deliveries
    SET state = 'sent', sent_at = :now, claimed_until = NULL, failure = NULL
    WHERE id = :id AND state IN ('sending', 'waiting', 'given up')`,
  params: z.object({ id: z.number(), now: z.date() }),
  row: z.never(),
});

/** A try failed. With `:claimedUntil` only if no other worker has taken the message meanwhile. */
export const markFailed = pgStatement({
  name: 'notifications.mark_failed',
  text: `
    UPDATE notification_deliveries
    SET state = :state, next_at = :next, unknown = :unknown, claimed_until = NULL, failure = :failure,
      given_up_at = CASE :state WHEN 'given up' THEN :now::timestamptz END
    WHERE id = :id AND state = 'sending' AND claimed_until = coalesce(:claimedUntil, claimed_until)`,
  params: z.object({
    id: z.number(),
    state: z.enum(['waiting', 'given up']),
    now: z.date(),
    next: z.date(),
    unknown: z.number(),
    failure: z.string(),
    claimedUntil: z.date().nullable(),
  }),
  row: z.never(),
});

/** `:failure` is what was not right although the message was sent; the same instant of both says so. */
export const saveChannelSuccess = pgStatement({
  name: 'notifications.save_channel_success',
  text: `
    UPDATE notification_channels
    SET failures = 0, blocked_until = NULL, sent = sent + 1, sent_at = :now,
      failure = coalesce(:failure::text, failure), failed_at = CASE WHEN :failure::text IS NULL THEN failed_at ELSE :now::timestamptz END
    WHERE channel = :channel`,
  params: z.object({ channel: z.string(), now: z.date(), failure: z.string().nullable() }),
  row: z.never(),
});

/** Answers with the failures in a row, after which the caller says until when the channel is left. */
export const saveChannelFailure = pgStatement({
  name: 'notifications.save_channel_failure',
  text: `
    UPDATE notification_channels
    SET failures = failures + 1, failed = failed + 1, failed_at = :now, failure = :failure
    WHERE channel = :channel
    RETURNING failures`,
  params: z.object({ channel: z.string(), now: z.date(), failure: z.string() }),
  row: z.object({ failures: z.number() }).transform(({ failures }) => failures),
});

export const blockChannel = pgStatement({
  name: 'notifications.block_channel',
  text: 'UPDATE notification_channels SET blocked_until = :until WHERE channel = :channel',
  params: z.object({ channel: z.string(), until: z.date() }),
  row: z.never(),
});
