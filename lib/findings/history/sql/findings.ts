import { z } from 'zod';
import { FlagCounts } from '@/lib/detection/model';
import { pgStatement } from '@/lib/postgres/statement';
import { type FindingFacts, findingStates } from '../model';

const instant = z.date().transform((at) => at.getTime());

export const factColumns = `
    f.id, f.customer_id, f.day, f.state, f.first_seen_at, f.last_seen_at, f.truth_changed_at, f.conversations, f.affected,
    f.flags, f.at_least, f.worst_affected, f.worst_flags, f.agents, f.worst_agents, f.wrong_since, f.wrong_ms, f.part_run,
    f.repaired_by_run, f.repaired_at, f.resolved_at, f.fallen_back_at, f.times_fallen_back`;

export const FactColumns = z.object({
  id: z.string(),
  customer_id: z.string(),
  day: z.string(),
  state: z.enum(findingStates),
  first_seen_at: instant,
  last_seen_at: instant,
  truth_changed_at: instant.nullable(),
  conversations: z.number(),
  affected: z.number(),
  flags: FlagCounts,
  at_least: z.boolean(),
  worst_affected: z.number(),
  worst_flags: FlagCounts,
  agents: z.number(),
  worst_agents: z.number(),
  wrong_since: instant.nullable(),
  wrong_ms: z.number(),
  part_run: z.string().nullable(),
  repaired_by_run: z.string().nullable(),
  repaired_at: instant.nullable(),
  resolved_at: instant.nullable(),
  fallen_back_at: instant.nullable(),
  times_fallen_back: z.number(),
});

export const factsOf = (row: z.output<typeof FactColumns>): FindingFacts => ({
  id: row.id,
  customerId: row.customer_id,
  day: row.day,
  state: row.state,
  firstSeenAtMs: row.first_seen_at,
  lastSeenAtMs: row.last_seen_at,
  truthChangedAtMs: row.truth_changed_at,
  conversations: row.conversations,
  affected: row.affected,
  flags: row.flags,
  atLeast: row.at_least,
  worstAffected: row.worst_affected,
  worstFlags: row.worst_flags,
  agents: row.agents,
  worstAgents: row.worst_agents,
  wrongSinceMs: row.wrong_since,
  wrongMs: row.wrong_ms,
  partRun: row.part_run,
  repairedByRun: row.repaired_by_run,
  repairedAtMs: row.repaired_at,
  resolvedAtMs: row.resolved_at,
  fallenBackAtMs: row.fallen_back_at,
  timesFallenBack: row.times_fallen_back,
});

const text = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString());

/** A finding as `upsertFindings` takes it. `shown` is false where only the instant of its last look moved. */
export const rowOf = (finding: FindingFacts, shown: boolean) => ({
  id: finding.id,
  customer_id: finding.customerId,
  day: finding.day,
  state: finding.state,
  first_seen_at: text(finding.firstSeenAtMs),
  last_seen_at: text(finding.lastSeenAtMs),
  truth_changed_at: text(finding.truthChangedAtMs),
  conversations: finding.conversations,
  affected: finding.affected,
  flags: finding.flags,
  at_least: finding.atLeast,
  worst_affected: finding.worstAffected,
  worst_flags: finding.worstFlags,
  agents: finding.agents,
  worst_agents: finding.worstAgents,
  wrong_since: text(finding.wrongSinceMs),
  wrong_ms: finding.wrongMs,
  part_run: finding.partRun,
  repaired_by_run: finding.repairedByRun,
  repaired_at: text(finding.repairedAtMs),
  resolved_at: text(finding.resolvedAtMs),
  fallen_back_at: text(finding.fallenBackAtMs),
  times_fallen_back: finding.timesFallenBack,
  shown,
});

/** The finding of each of these days that is not resolved by itself, and whether it is muted. At most one a day. */
export const selectFindingsOfDays = pgStatement({
  name: 'findings.select_of_days',
  text: `
    SELECT ${factColumns}, coalesce(f.muted_until > :now, false) AS muted
    FROM findings f
    WHERE f.customer_id = :customerId AND f.day = ANY(:days::date[]) AND f.state <> 'resolved by itself'`,
  params: z.object({ customerId: z.string(), days: z.array(z.string()), now: z.date() }),
  row: FactColumns.extend({ muted: z.boolean() }).transform((row) => ({ ...factsOf(row), muted: row.muted })),
});

/** The mutes of the last findings of these days, where these are resolved by themselves and the mute is not over. */
export const selectMutesOfDays = pgStatement({
  name: 'findings.select_mutes_of_days',
  text: `
    SELECT id, day, muted_until, mute_reason
    FROM (
      SELECT DISTINCT ON (day) id, day, state, muted_until, mute_reason
      FROM findings
      WHERE customer_id = :customerId AND day = ANY(:days::date[])
      ORDER BY day, first_seen_at DESC) last
    WHERE state = 'resolved by itself' AND muted_until > :now`,
  params: z.object({ customerId: z.string(), days: z.array(z.string()), now: z.date() }),
  row: z
    .object({ id: z.string(), day: z.string(), muted_until: z.date(), mute_reason: z.string() })
    .transform((row) => ({ findingId: row.id, day: row.day, until: row.muted_until, reason: row.mute_reason })),
});

/** Moves a mute from one finding to a newer one of its day. */
export const moveMute = pgStatement({
  name: 'findings.move_mute',
  text: `
    WITH old AS (
      SELECT muted_until, mute_reason, muted_by FROM findings WHERE id = :from),
    cleared AS (
      UPDATE findings
      SET muted_until = NULL, mute_reason = NULL, muted_by = NULL, revision = nextval('watch_revision')
      WHERE id = :from)
    UPDATE findings f
    SET muted_until = old.muted_until, mute_reason = old.mute_reason, muted_by = old.muted_by
    FROM old
    WHERE f.id = :to`,
  params: z.object({ from: z.string(), to: z.string() }),
  row: z.never(),
});

/** A unit is in one of these after it may have changed labels, and until it is known what they are. */
export const changingStatuses = [
  'deleting',
  'waiting for mutation',
  'deleted, not relabelled',
  'relabelling',
  'proving',
  'restoring',
  'verifying',
] as const;

/**
 * The days of these, each with the instant of its look, on which a run changed labels meanwhile: what the look found is
 * not what will stay. The scan after the unit says what stays. Bounded by the units of the customer's newest runs.
 */
export const selectDaysInWork = pgStatement({
  name: 'findings.select_days_in_work',
  text: `
    SELECT DISTINCT d ->> 'day' AS day
    FROM jsonb_array_elements(:looks::jsonb) AS d
    JOIN backfill_runs r ON r.customer_id = :customerId
      AND (r.ended_at IS NULL OR r.ended_at >= to_timestamp((d ->> 'asOfMs')::float8 / 1000))
      AND r.from_day <= (d ->> 'day')::date AND r.to_day > (d ->> 'day')::date
    JOIN backfill_items i ON i.run_id = r.id
      AND i.scope ->> 'fromDay' <= d ->> 'day' AND i.scope ->> 'toDay' > d ->> 'day'
    WHERE i.status = ANY (:changing::text[])
      OR i.status = 'verified' AND i.ended_at >= to_timestamp((d ->> 'asOfMs')::float8 / 1000)`,
  params: z.object({ customerId: z.string(), looks: z.string(), changing: z.array(z.enum(changingStatuses)) }),
  row: z.object({ day: z.string() }).transform(({ day }) => day),
});

/** The days of these that have an open finding: when their truth changed is known, or was not to be found. */
export const selectKnownWrong = pgStatement({
  name: 'findings.select_known_wrong',
  text: `
    SELECT day
    FROM findings
    WHERE customer_id = :customerId AND day = ANY(:days::date[]) AND state NOT IN ('resolved by itself', 'repaired')`,
  params: z.object({ customerId: z.string(), days: z.array(z.string()) }),
  row: z.object({ day: z.string() }),
});

/** Takes a JSON array of `rowOf`. What people wrote on a finding stays. */
export const upsertFindings = pgStatement({
  name: 'findings.upsert',
  text: `
    INSERT INTO findings AS f (
      id, customer_id, day, state, first_seen_at, last_seen_at, truth_changed_at, conversations, affected, flags,
      at_least, worst_affected, worst_flags, agents, worst_agents, wrong_since, wrong_ms, part_run, repaired_by_run,
      repaired_at, resolved_at, fallen_back_at, times_fallen_back, revision)
    SELECT
      r.id, r.customer_id, r.day, r.state, r.first_seen_at, r.last_seen_at, r.truth_changed_at, r.conversations,
      r.affected, r.flags, r.at_least, r.worst_affected, r.worst_flags, r.agents, r.worst_agents, r.wrong_since,
      r.wrong_ms, r.part_run, r.repaired_by_run, r.repaired_at, r.resolved_at, r.fallen_back_at, r.times_fallen_back,
      CASE WHEN (given ->> 'shown')::boolean THEN nextval('watch_revision')
           ELSE (SELECT old.revision FROM findings old WHERE old.id = r.id) END
    FROM jsonb_array_elements(:findings::jsonb) AS given
    CROSS JOIN LATERAL jsonb_populate_record(NULL::findings, given) AS r
    ON CONFLICT (id) DO UPDATE
    SET state = excluded.state, last_seen_at = excluded.last_seen_at, conversations = excluded.conversations,
        affected = excluded.affected, flags = excluded.flags, at_least = excluded.at_least,
        worst_affected = excluded.worst_affected, worst_flags = excluded.worst_flags, agents = excluded.agents,
        worst_agents = excluded.worst_agents, wrong_since = excluded.wrong_since, wrong_ms = excluded.wrong_ms,
        part_run = excluded.part_run, repaired_by_run = excluded.repaired_by_run, repaired_at = excluded.repaired_at,
        resolved_at = excluded.resolved_at, fallen_back_at = excluded.fallen_back_at,
        times_fallen_back = excluded.times_fallen_back, revision = excluded.revision`,
  params: z.object({ findings: z.string() }),
  row: z.never(),
});

/** Takes a JSON array of events in the order in which they happened. */
export const insertFindingEvents = pgStatement({
  name: 'findings.insert_events',
  text: `
    INSERT INTO finding_events (finding_id, at, kind, text, actor, run_id, scan_id, request_id)
    SELECT r.finding_id, r.at, r.kind, r.text, r.actor, r.run_id, r.scan_id, r.request_id
    FROM jsonb_populate_recordset(NULL::finding_events, :events::jsonb) AS r`,
  params: z.object({ events: z.string() }),
  row: z.never(),
});
