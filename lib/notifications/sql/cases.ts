import { z } from 'zod';
import { pgStatement } from '@/lib/postgres/statement';
import type { CaseContent } from '../model';
import { channels, events } from '../model';

/** What a message says of a case, as `notification_deliveries.message` and the case itself have it. */
export const Content: z.ZodType<CaseContent> = z.object({
  event: z.enum(events),
  title: z.string(),
  lines: z.array(z.string()),
  path: z.string(),
  customerId: z.string().nullable(),
  affected: z.number().nullable(),
});

/**
 * Opens the cases of `:cases`, or changes those that are open. A row for each that was opened or differs from before;
 * all of them stay locked until the transaction ends, so that no message of them is written meanwhile.
 */
export const upsertCases = pgStatement({
  name: 'notifications.upsert_cases',
  text: `
    INSERT INTO notification_cases AS c (case_key, event, customer_id, title, lines, path, affected, share, role)
    SELECT case_key, event, customer_id, title, lines, path, affected, share, role
    FROM jsonb_to_recordset(:cases::jsonb) AS given (
      case_key text, event text, customer_id text, title text, lines jsonb, path text, affected bigint,
      share double precision, role text)
    ORDER BY case_key
    ON CONFLICT (case_key) WHERE resolved_at IS NULL DO UPDATE
    SET event = excluded.event, title = excluded.title, lines = excluded.lines, path = excluded.path,
      affected = excluded.affected, share = excluded.share, role = excluded.role, updated_at = now()
    WHERE (c.event, c.title, c.lines, c.path, c.affected, c.share, c.role)
      IS DISTINCT FROM
      (excluded.event, excluded.title, excluded.lines, excluded.path, excluded.affected, excluded.share, excluded.role)
    RETURNING c.id, c.case_key`,
  params: z.object({ cases: z.string() }),
  row: z.object({ id: z.string(), case_key: z.string() }).transform((row) => ({ id: row.id, caseKey: row.case_key })),
});

/**
 * Resolves the open cases of these keys. An update of one that waits is looked at now, so that it holds up nothing. Each channel that may have heard of one gets a message; the worker decides.
 */
export const resolveCases = pgStatement({
  name: 'notifications.resolve_cases',
  text: `
    WITH resolved AS (
      UPDATE notification_cases
      SET resolved_at = now(), updated_at = now(), resolution = :sentence
      WHERE case_key = ANY (:caseKeys) AND resolved_at IS NULL
      RETURNING id
    ), updates AS (
      UPDATE notification_deliveries d
      SET next_at = now()
      FROM resolved r
      WHERE d.case_id = r.id AND d.kind = 'updated' AND d.state = 'waiting' AND d.unknown = 0 AND d.next_at > now()
    )
    INSERT INTO notification_deliveries (case_id, channel, kind, idempotency_key, urgent)
    SELECT r.id, d.channel, 'resolved', gen_random_uuid(), bool_or(d.urgent)
    FROM resolved r
    JOIN notification_deliveries d ON d.case_id = r.id AND d.state <> 'skipped'
    GROUP BY r.id, d.channel`,
  params: z.object({ caseKeys: z.array(z.string()), sentence: z.string() }),
  row: z.never(),
});

/** What was last put into the outbox for each of these cases and channel, if that was not skipped. */
export const selectLastDeliveries = pgStatement({
  name: 'notifications.select_last_deliveries',
  text: `
    SELECT DISTINCT ON (d.case_id, d.channel)
      d.case_id, d.channel, coalesce(s.state, d.state) AS state, coalesce(s.unknown, d.unknown) AS unknown,
      d.message AS content
    FROM notification_deliveries d
    LEFT JOIN notification_deliveries s ON s.id = d.summary_id
    WHERE d.case_id = ANY (:caseIds::uuid[]) AND coalesce(s.state, d.state) <> 'skipped'
    ORDER BY d.case_id, d.channel, d.id DESC`,
  params: z.object({ caseIds: z.array(z.string()) }),
  row: z
    .object({
      case_id: z.string(),
      channel: z.enum(channels),
      state: z.enum(['waiting', 'sending', 'sent', 'given up']),
      unknown: z.number(),
      content: Content.nullable(),
    })
    .transform(({ case_id, ...row }) => ({ ...row, caseId: case_id })),
});

/** Messages of cases. An update waits `apart_ms` after the last message of its case, so that it holds what came since. */
export const insertDeliveries = pgStatement({
  name: 'notifications.insert_deliveries',
  text: `
    INSERT INTO notification_deliveries (case_id, channel, kind, idempotency_key, urgent, next_at)
    SELECT g.case_id, g.channel, g.kind, gen_random_uuid(), g.urgent,
      greatest(now() + g.wait_ms * interval '1 millisecond',
        (SELECT max(d.made_at) + g.apart_ms * interval '1 millisecond'
         FROM notification_deliveries d
         WHERE d.case_id = g.case_id AND d.channel = g.channel AND d.state <> 'skipped'))
    FROM jsonb_to_recordset(:deliveries::jsonb) AS g (
      case_id uuid, channel text, kind text, urgent boolean, wait_ms bigint, apart_ms bigint)`,
  params: z.object({ deliveries: z.string() }),
  row: z.never(),
});
