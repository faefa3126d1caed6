import { z } from 'zod';
import { pgStatement } from '@/lib/postgres/statement';
import { messageKinds } from '../message-model';
import { events, sendingChannels } from '../model';
import { Content } from './cases';

const Stored = z.object({
  event: z.enum(events).nullable(),
  title: z.string(),
  lines: z.array(z.string()),
  path: z.string(),
  customerId: z.string().nullable(),
  affected: z.number().nullable(),
});
const ms = z.date().transform((date) => date.getTime());

/**
 * Which of `:channels` have something to send or to look after at `:now`: a due message, or one whose worker died with it. A test
 * does not wait for the pause of a channel that failed.
 */
export const selectDueChannels = pgStatement({
  name: 'notifications.select_due_channels',
  text: `
    SELECT c.channel
    FROM notification_channels c
    WHERE c.channel = ANY (:channels) AND c.configured AND EXISTS (
      SELECT
      FROM notification_deliveries d
      WHERE d.channel = c.channel AND (
        (d.state = 'waiting' AND d.next_at <= :now AND (d.urgent OR NOT :quiet)
          AND (c.blocked_until IS NULL OR c.blocked_until <= :now OR d.kind = 'test'))
        OR (d.state = 'sending' AND d.claimed_until <= :now)))`,
  params: z.object({ channels: z.array(z.enum(sendingChannels)), now: z.date(), quiet: z.boolean() }),
  row: z.object({ channel: z.enum(sendingChannels) }).transform(({ channel }) => channel),
});

/** One worker at a time chooses the next message of a channel; no row where another does. */
export const lockChannel = pgStatement({
  name: 'notifications.lock_channel',
  text: `
    SELECT blocked_until IS NOT NULL AND blocked_until > :now AS is_blocked
    FROM notification_channels
    WHERE channel = :channel AND configured
    FOR UPDATE SKIP LOCKED`,
  params: z.object({ channel: z.string(), now: z.date() }),
  row: z.object({ is_blocked: z.boolean() }).transform((row) => ({ isBlocked: row.is_blocked })),
});

const rowShape = z.object({
  id: z.number(),
  case_id: z.string().nullable(),
  kind: z.enum(messageKinds),
  idempotency_key: z.string(),
  message: Stored.nullable(),
  attempts: z.number(),
  unknown: z.number(),
  made_at: ms,
  first_tried_at: ms.nullable(),
});
const rowOf = (row: z.output<typeof rowShape>) => ({
  id: row.id,
  caseId: row.case_id,
  kind: row.kind,
  key: row.idempotency_key,
  message: row.message,
  attempts: row.attempts,
  unknown: row.unknown,
  madeAtMs: row.made_at,
  firstTriedMs: row.first_tried_at,
});
export type OutboxRow = ReturnType<typeof rowOf>;
const columns =
  'd.id, d.case_id, d.kind, d.idempotency_key, d.message, d.attempts, d.unknown, d.made_at, d.first_tried_at';

/** Messages whose worker has not said in time what became of them. */
export const selectExpired = pgStatement({
  name: 'notifications.select_expired',
  text: `
    SELECT ${columns}
    FROM notification_deliveries d
    WHERE d.channel = :channel AND d.state = 'sending' AND d.claimed_until <= :now
    FOR UPDATE SKIP LOCKED`,
  params: z.object({ channel: z.string(), now: z.date() }),
  row: rowShape.transform(rowOf),
});

/** The next message that is sent as it was written: a test, or one that may have arrived. */
export const selectWritten = pgStatement({
  name: 'notifications.select_written',
  text: `
    SELECT ${columns}
    FROM notification_deliveries d
    WHERE d.channel = :channel AND d.state = 'waiting' AND d.next_at <= :now
      AND (d.kind = 'test' OR (d.unknown > 0 AND NOT :blocked AND (d.urgent OR NOT :quiet)))
    ORDER BY d.kind = 'test' DESC, d.next_at, d.id
    LIMIT 1
    FOR UPDATE SKIP LOCKED`,
  params: z.object({ channel: z.string(), now: z.date(), quiet: z.boolean(), blocked: z.boolean() }),
  row: rowShape.transform(rowOf),
});

/** Takes apart the due summaries that certainly did not arrive: their cases are looked at again. Returns their ids. */
export const unfoldSummaries = pgStatement({
  name: 'notifications.unfold_summaries',
  text: `
    WITH summaries AS (
      SELECT id
      FROM notification_deliveries
      WHERE channel = :channel AND kind = 'summary' AND state = 'waiting' AND unknown = 0 AND next_at <= :now
      FOR UPDATE
    ), members AS (
      UPDATE notification_deliveries
      SET state = 'waiting', summary_id = NULL, next_at = :now
      WHERE summary_id IN (SELECT id FROM summaries)
    )
    SELECT id FROM summaries ORDER BY id`,
  params: z.object({ channel: z.string(), now: z.date() }),
  row: z.object({ id: z.number() }).transform(({ id }) => id),
});

/**
 * Due messages of cases, urgent ones first, and what people know of each case in this channel. A message waits for the
 * earlier ones of its case. The cases are locked for everybody who would change them, so that nothing is added to them
 * before the message is written; what another transaction holds is left for the next look.
 */
export const selectCandidates = pgStatement({
  name: 'notifications.select_candidates',
  text: `
    SELECT ${columns}, d.urgent, c.resolution,
      EXISTS (
        SELECT
        FROM notification_deliveries e
        WHERE e.case_id = d.case_id AND e.channel = d.channel AND e.kind = 'resolved') AS is_resolved,
      jsonb_build_object('event', c.event, 'title', c.title, 'lines', c.lines, 'path', c.path,
        'customerId', c.customer_id, 'affected', c.affected) AS content,
      (SELECT p.message
       FROM notification_deliveries p LEFT JOIN notification_deliveries s ON s.id = p.summary_id
       WHERE p.case_id = d.case_id AND p.channel = d.channel AND p.id < d.id
         AND (coalesce(s.state, p.state) = 'sent' OR coalesce(s.unknown, p.unknown) > 0)
       ORDER BY p.id DESC
       LIMIT 1) AS known
    FROM notification_deliveries d JOIN notification_cases c ON c.id = d.case_id
    WHERE d.channel = :channel AND d.state = 'waiting' AND d.unknown = 0 AND d.next_at <= :now
      AND (d.urgent OR NOT :quiet)
      AND NOT EXISTS (
        SELECT
        FROM notification_deliveries p LEFT JOIN notification_deliveries s ON s.id = p.summary_id
        WHERE p.case_id = d.case_id AND p.channel = d.channel AND p.id < d.id
          AND coalesce(s.state, p.state) IN ('waiting', 'sending'))
    ORDER BY d.urgent DESC, d.next_at, d.id
    LIMIT :rowsMax
    FOR UPDATE OF d SKIP LOCKED
    FOR SHARE OF c SKIP LOCKED`,
  params: z.object({ channel: z.string(), now: z.date(), quiet: z.boolean(), rowsMax: z.number() }),
  row: rowShape
    .extend({
      case_id: z.string(),
      kind: z.enum(['opened', 'updated', 'resolved']),
      urgent: z.boolean(),
      is_resolved: z.boolean(),
      resolution: z.string().nullable(),
      content: Content,
      known: Content.nullable(),
    })
    .transform(({ urgent, is_resolved, resolution, content, known, ...row }) => ({
      ...rowOf(row),
      kind: row.kind,
      caseId: row.case_id,
      urgent,
      isResolved: is_resolved,
      resolution,
      content,
      known,
    })),
});

/** What a channel got since `:since`, or may have got. Bounded by the pace itself. */
export const selectRecent = pgStatement({
  name: 'notifications.select_recent',
  text: `
    SELECT count(*) FILTER (WHERE kind <> 'summary') AS singles, max(first_tried_at) AS last,
      max(first_tried_at) FILTER (WHERE kind = 'summary') AS last_summary
    FROM notification_deliveries
    WHERE channel = :channel AND first_tried_at > :since AND state <> 'in summary' AND kind <> 'test'
      AND (state IN ('sending', 'sent') OR unknown > 0)`,
  params: z.object({ channel: z.string(), since: z.date() }),
  row: z
    .object({ singles: z.number(), last: ms.nullable(), last_summary: ms.nullable() })
    .transform((row) => ({ singles: row.singles, lastMs: row.last, lastSummaryMs: row.last_summary })),
});

export const skipDeliveries = pgStatement({
  name: 'notifications.skip_deliveries',
  text: `UPDATE notification_deliveries SET state = 'skipped', failure = :why WHERE id = ANY (:ids)`,
  params: z.object({ ids: z.array(z.number()), why: z.string() }),
  row: z.never(),
});
