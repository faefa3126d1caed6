import { z } from 'zod';
import { pgStatement } from '@/lib/postgres/statement';

/** The chats of a range, from which the bench makes its changes. */
export const selectStoredChats = pgStatement({
  name: 'faults.stored_chats',
  text: `
    SELECT id, profile_id, agent_user_id, usecase_id,
      round(extract(epoch FROM created_at) * 1000)::bigint AS start_ms,
      coalesce(round(extract(epoch FROM ended_at) * 1000), 0)::bigint AS end_ms
    FROM chats
    WHERE customer_id = :customerId
      AND created_at >= to_timestamp(:fromMs::float8 / 1000) AND created_at < to_timestamp(:toMs::float8 / 1000)
    ORDER BY id`,
  params: z.object({ customerId: z.string(), fromMs: z.number(), toMs: z.number() }),
  row: z
    .object({
      id: z.string(),
      profile_id: z.string(),
      agent_user_id: z.string().nullable(),
      usecase_id: z.string(),
      start_ms: z.number(),
      end_ms: z.number(),
    })
    .transform((row) => ({
      id: row.id,
      profile: row.profile_id,
      agent: row.agent_user_id,
      useCase: row.usecase_id,
      startMs: row.start_ms,
      endMs: row.end_ms,
      updatedMs: 0,
    })),
});

/** The current agent and end of a chat. */
export const closeChat = pgStatement({
  name: 'faults.close_chat',
  text: `
    UPDATE chats
    SET agent_user_id = :agent, usecase_id = :useCase, ended_at = to_timestamp(:endedSeconds::float8), updated_at = to_timestamp(:updatedSeconds::float8)
    WHERE customer_id = :customerId AND profile_id = :profileId AND id = :id`,
  params: z.object({
    customerId: z.string(),
    profileId: z.string(),
    id: z.string(),
    agent: z.string().nullable(),
    useCase: z.string(),
    endedSeconds: z.number().nullable(),
    updatedSeconds: z.number(),
  }),
  row: z.never(),
});

/** Every chat of a customer, for the comparison at the end. */
export const selectChatRows = pgStatement({
  name: 'faults.chat_rows',
  text: `
    SELECT id, profile_id, coalesce(agent_user_id, '') AS agent, usecase_id,
      coalesce(round(extract(epoch FROM ended_at) * 1000), 0)::bigint AS end_ms
    FROM chats
    WHERE customer_id = :customerId`,
  params: z.object({ customerId: z.string() }),
  row: z.object({
    id: z.string(),
    profile_id: z.string(),
    agent: z.string(),
    usecase_id: z.string(),
    end_ms: z.number(),
  }),
});

/** The items that a worker has claimed, with the version that every change raises. */
export const selectDaysInWork = pgStatement({
  name: 'faults.days_in_work',
  text: `
    SELECT id, version
    FROM backfill_items
    WHERE status NOT IN ('planned', 'verified', 'needs attention', 'cancelled', 'skipped')
    ORDER BY id`,
  row: z.object({ id: z.string(), version: z.number() }),
});

/** The audit rows of commands on backfills, campaigns, orders and everything. */
export const selectAuditRows = pgStatement({
  name: 'faults.audit_rows',
  text: `
    SELECT action, actor, reason, run_id, result
    FROM audit
    WHERE action LIKE 'backfill.%' OR action LIKE 'campaign.%' OR action LIKE 'order.%' OR action LIKE 'everything.%'
    ORDER BY id`,
  row: z.object({
    action: z.string(),
    actor: z.string(),
    reason: z.string().nullable(),
    run_id: z.string().nullable(),
    result: z.string(),
  }),
});

/** Every run and how it ended. */
export const selectRunRows = pgStatement({
  name: 'faults.run_rows',
  text: `
    SELECT r.id, r.customer_id, r.strategy, r.status, r.reason,
      (SELECT count(*) FROM backfill_items i WHERE i.run_id = r.id AND i.status = 'verified') AS verified
    FROM backfill_runs r
    ORDER BY r.created_at`,
  row: z.object({
    id: z.string(),
    customer_id: z.string(),
    strategy: z.string(),
    status: z.string(),
    reason: z.string(),
    verified: z.number(),
  }),
});

/** Sentences that report something unexpected, with their day. */
export const selectUnexpected = pgStatement({
  name: 'faults.unexpected',
  text: `
    SELECT e.run_id, e.text
    FROM backfill_events e
    WHERE e.text LIKE '%did not expect%' OR e.text LIKE '%ClickHouse answered:%'
    ORDER BY e.id`,
  row: z.object({ run_id: z.string(), text: z.string() }),
});

const msOf = (column: string) => `round(extract(epoch FROM ${column}) * 1000)::float8`;

/** Every run of a campaign with its bound, and when its campaign stopped. */
export const selectCampaignRuns = pgStatement({
  name: 'faults.campaign_runs',
  text: `
    SELECT c.campaign_id, c.customer_id, c.wave, c.status, r.id AS run_id, r.status AS run_status,
      ${msOf('r.created_at')} AS created_ms, ${msOf('r.ended_at')} AS ended_ms,
      (c.plan ->> 'rowsMost')::float8 AS rows_most,
      coalesce((SELECT sum((i.evidence ->> 'deletedRows')::float8) FROM backfill_items i WHERE i.run_id = r.id), 0) AS deleted,
      (SELECT ${msOf('min(e.at)')} FROM campaign_events e WHERE e.campaign_id = c.campaign_id AND e.kind = 'stop') AS stopped_ms
    FROM campaign_customers c
    JOIN backfill_runs r ON r.id = c.run_id
    ORDER BY r.created_at`,
  row: z
    .object({
      campaign_id: z.string(),
      customer_id: z.string(),
      wave: z.number().nullable(),
      status: z.string(),
      run_id: z.string(),
      run_status: z.string(),
      created_ms: z.number(),
      ended_ms: z.number().nullable(),
      rows_most: z.number(),
      deleted: z.number(),
      stopped_ms: z.number().nullable(),
    })
    .transform((row) => ({
      campaignId: row.campaign_id,
      customerId: row.customer_id,
      wave: row.wave,
      status: row.status,
      runId: row.run_id,
      runStatus: row.run_status,
      createdMs: row.created_ms,
      endedMs: row.ended_ms,
      rowsMost: row.rows_most,
      deleted: row.deleted,
      stoppedMs: row.stopped_ms,
    })),
});

/** Pairs of units of one customer that share instants and were in work at the same time, in different runs. */
export const selectOverlaps = pgStatement({
  name: 'faults.overlaps',
  text: `
    SELECT a.run_id AS one, b.run_id AS other, a.unit, b.unit AS other_unit
    FROM backfill_items a
    JOIN backfill_runs ra ON ra.id = a.run_id
    JOIN backfill_runs rb ON rb.customer_id = ra.customer_id AND rb.id > ra.id
    JOIN backfill_items b ON b.run_id = rb.id
    WHERE a.started_at IS NOT NULL AND b.started_at IS NOT NULL
      AND (a.scope ->> 'fromMs')::bigint < (b.scope ->> 'toMs')::bigint
      AND (b.scope ->> 'fromMs')::bigint < (a.scope ->> 'toMs')::bigint
      AND a.started_at < coalesce(b.ended_at, rb.ended_at, 'infinity')
      AND b.started_at < coalesce(a.ended_at, ra.ended_at, 'infinity')`,
  row: z.object({ one: z.string(), other: z.string(), unit: z.string(), other_unit: z.string() }),
});

/** The ranges of units that say that labels of them are missing. */
export const selectMissing = pgStatement({
  name: 'faults.missing',
  text: `
    SELECT (i.scope ->> 'fromMs')::float8 AS from_ms, (i.scope ->> 'toMs')::float8 AS to_ms
    FROM backfill_items i
    JOIN backfill_runs r ON r.id = i.run_id
    WHERE r.customer_id = :customerId AND i.status NOT IN ('planned', 'verified', 'cancelled', 'skipped')
      AND coalesce(i.state ->> 'labels', 'gone') IN ('gone', 'half deleted')`,
  params: z.object({ customerId: z.string() }),
  row: z
    .object({ from_ms: z.number(), to_ms: z.number() })
    .transform((row) => ({ fromMs: row.from_ms, toMs: row.to_ms })),
});

/** What campaigns do at this moment: "canary", "wave", "paused", "held" or "stopping". */
export const selectCampaignsNow = pgStatement({
  name: 'faults.campaigns_now',
  text: `
    SELECT CASE
        WHEN p.status = 'paused' AND p.pause ->> 'cause' = 'hold' THEN 'held'
        WHEN p.status <> 'running' THEN p.status
        WHEN EXISTS (
          SELECT FROM campaign_customers c
          WHERE c.campaign_id = p.id AND c.wave = 0 AND c.status IN ('waiting', 'starting', 'running')) THEN 'canary'
        ELSE 'wave'
      END AS doing
    FROM campaigns p
    WHERE p.status IN ('running', 'paused', 'stopping')`,
  row: z.object({ doing: z.string() }).transform(({ doing }) => doing),
});

/** How campaigns and nights came out. */
export const countCampaigns = pgStatement({
  name: 'faults.count_campaigns',
  text: `
    SELECT CASE WHEN order_id IS NULL THEN 'person' ELSE 'order' END AS by, coalesce(outcome, status) AS outcome, count(*) AS count
    FROM campaigns
    GROUP BY 1, 2`,
  row: z.object({ by: z.string(), outcome: z.string(), count: z.number() }),
});
