import { z } from 'zod';
import { pgStatement } from '@/lib/postgres/statement';
import { messageKinds } from '../message-model';
import { channels, events } from '../model';
import { deliveryStates } from '../view-model';

const instant = z.date().transform((at) => at.getTime());
const kinds = z.enum(messageKinds);
const states = z.enum(deliveryStates);

/** The channels that a worker looked at, with what waits and how many were given up in the last week. */
export const selectChannels = pgStatement({
  name: 'notifications.select_channels',
  text: `
    SELECT c.channel, c.configured, c.blocked_until, c.sent, c.failed, c.sent_at, c.failed_at, c.failure, c.looked_at,
      w.waiting, w.failing_since, g.given_up, g.given_up_at
    FROM notification_channels c
    CROSS JOIN LATERAL (
      SELECT count(*) AS waiting, min(first_tried_at) FILTER (WHERE attempts > 0) AS failing_since
      FROM notification_deliveries
      WHERE channel = c.channel AND state IN ('waiting', 'sending')
    ) w
    CROSS JOIN LATERAL (
      SELECT count(*) FILTER (WHERE given_up_at > now() - interval '7 days') AS given_up,
        max(given_up_at) AS given_up_at
      FROM notification_deliveries
      WHERE channel = c.channel AND state = 'given up'
    ) g
    ORDER BY c.channel`,
  row: z
    .object({
      channel: z.enum(channels),
      configured: z.boolean(),
      blocked_until: instant.nullable(),
      sent: z.number(),
      failed: z.number(),
      sent_at: instant.nullable(),
      failed_at: instant.nullable(),
      failure: z.string().nullable(),
      looked_at: instant.nullable(),
      waiting: z.number(),
      failing_since: instant.nullable(),
      given_up: z.number(),
      given_up_at: instant.nullable(),
    })
    .transform(({ blocked_until, sent_at, failed_at, looked_at, failing_since, given_up, given_up_at, ...row }) => ({
      ...row,
      lookedAtMs: looked_at,
      failingSinceMs: failing_since,
      blockedUntilMs: blocked_until,
      givenUp: given_up,
      givenUpAtMs: given_up_at,
      sentAtMs: sent_at,
      failedAtMs: failed_at,
    })),
});

/** How many cases are open, and how many of them are of the event; NULL: of any. */
export const countCases = pgStatement({
  name: 'notifications.count_cases',
  text: `
    SELECT count(*) AS open, count(*) FILTER (WHERE :event::text IS NULL OR event = :event) AS found
    FROM notification_cases WHERE resolved_at IS NULL`,
  params: z.object({ event: z.enum(events).nullable() }),
  row: z.object({ open: z.number(), found: z.number() }),
});

/** Open cases, the newest first, with the last message of each channel. */
export const selectCases = pgStatement({
  name: 'notifications.select_cases',
  text: `
    SELECT c.id, c.event, c.customer_id, c.title, c.lines, c.path, c.opened_at, c.updated_at,
      coalesce(d.messages, '[]') AS messages
    FROM notification_cases c
    LEFT JOIN LATERAL (
      SELECT jsonb_agg(jsonb_build_object('channel', last.channel, 'kind', last.kind, 'state', last.state,
        'inSummary', last.summary_id IS NOT NULL, 'atMs', round(extract(epoch FROM last.at) * 1000))
        ORDER BY last.channel) AS messages
      FROM (
        SELECT DISTINCT ON (m.channel) m.channel, m.kind, m.summary_id, coalesce(s.state, m.state) AS state,
          coalesce(s.sent_at, m.sent_at, m.made_at) AS at
        FROM notification_deliveries m
        LEFT JOIN notification_deliveries s ON s.id = m.summary_id
        WHERE m.case_id = c.id AND m.state <> 'skipped'
        ORDER BY m.channel, m.id DESC
      ) last
    ) d ON true
    WHERE c.resolved_at IS NULL AND (:event::text IS NULL OR c.event = :event)
    ORDER BY c.opened_at DESC, c.id
    LIMIT :rowsMax OFFSET :skipped`,
  params: z.object({ event: z.enum(events).nullable(), rowsMax: z.number(), skipped: z.number() }),
  row: z
    .object({
      id: z.string(),
      event: z.enum(events),
      customer_id: z.string().nullable(),
      title: z.string(),
      lines: z.array(z.string()),
      path: z.string(),
      opened_at: instant,
      updated_at: instant,
      messages: z.array(
        z.object({
          channel: z.enum(channels),
          kind: kinds,
          state: states,
          inSummary: z.boolean(),
          atMs: z.number(),
        }),
      ),
    })
    .transform(({ customer_id, opened_at, updated_at, ...row }) => ({
      ...row,
      customerId: customer_id,
      openedAtMs: opened_at,
      updatedAtMs: updated_at,
    })),
});

/** Without a state those that are part of no other message and still have to be said. */
const isShown = `(:channel::text IS NULL OR d.channel = :channel)
      AND CASE WHEN :state::text IS NULL THEN d.state NOT IN ('in summary', 'skipped') ELSE d.state = :state END`;

/** A page of what was or will be sent, the newest first. */
export const selectDeliveries = pgStatement({
  name: 'notifications.select_deliveries',
  text: `
    SELECT d.id, d.channel, d.kind, d.state, coalesce(d.message ->> 'title', c.title) AS title, c.path, d.urgent,
      d.attempts, d.made_at, d.next_at, d.sent_at, d.failure
    FROM notification_deliveries d
    LEFT JOIN notification_cases c ON c.id = d.case_id
    WHERE ${isShown}
    ORDER BY d.id DESC
    LIMIT :rowsMax OFFSET :skipped`,
  params: z.object({
    channel: z.enum(channels).nullable(),
    state: states.nullable(),
    rowsMax: z.number(),
    skipped: z.number(),
  }),
  row: z
    .object({
      id: z.number(),
      channel: z.enum(channels),
      kind: kinds,
      state: states,
      title: z.string().nullable(),
      path: z.string().nullable(),
      urgent: z.boolean(),
      attempts: z.number(),
      made_at: instant,
      next_at: instant,
      sent_at: instant.nullable(),
      failure: z.string().nullable(),
    })
    .transform(({ made_at, next_at, sent_at, ...row }) => ({
      ...row,
      title: row.title ?? (row.kind === 'test' ? 'A test' : 'Several cases'),
      madeAtMs: made_at,
      nextAtMs: next_at,
      sentAtMs: sent_at,
    })),
});

export const countDeliveries = pgStatement({
  name: 'notifications.count_deliveries',
  text: `
    SELECT count(*) AS rows
    FROM notification_deliveries d
    WHERE ${isShown}`,
  params: z.object({ channel: z.enum(channels).nullable(), state: states.nullable() }),
  row: z.object({ rows: z.number() }).transform(({ rows }) => rows),
});

/** Cases that changed in the last minutes, the newest change first. A case may cross a threshold long after it opened. */
export const selectNews = pgStatement({
  name: 'notifications.select_news',
  text: `
    SELECT id, event, customer_id, title, lines, path, affected, share, role, resolution
    FROM notification_cases
    WHERE updated_at > now() - :withinMs * interval '1 millisecond'
    ORDER BY updated_at DESC, id
    LIMIT :rowsMax`,
  params: z.object({ withinMs: z.number(), rowsMax: z.number() }),
  row: z
    .object({
      id: z.string(),
      event: z.enum(events),
      customer_id: z.string().nullable(),
      title: z.string(),
      lines: z.array(z.string()),
      path: z.string(),
      affected: z.number().nullable(),
      share: z.number().nullable(),
      role: z.enum(['viewer', 'operator', 'approver']).nullable(),
      resolution: z.string().nullable(),
    })
    .transform(({ customer_id, ...row }) => ({ ...row, customerId: customer_id })),
});
