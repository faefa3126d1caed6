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

/** The audit rows of commands on backfills that were done. */
export const selectAuditRows = pgStatement({
  name: 'faults.audit_rows',
  text: `
    SELECT action, actor, reason, run_id, result
    FROM audit
    WHERE action LIKE 'backfill.%'
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
