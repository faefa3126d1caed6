import { z } from 'zod';
import { Stop } from '@/lib/holds/model';
import { stopJson } from '@/lib/holds/sql/stops';
import { pgStatement } from '@/lib/postgres/statement';
import { scanKinds, scanStatuses } from '../../model';
import { type CustomerState, type LastScan, lookedWords } from '../model';

const instant = z.date().transform((at) => at.getTime());

/** Answers at once: another scheduler decides if it is not ours. The transaction releases the lock. */
export const tryLockSchedule = pgStatement({
  name: 'schedule.try_lock',
  text: `SELECT pg_try_advisory_xact_lock(hashtextextended('detection.schedule', 0)) AS ours`,
  row: z.object({ ours: z.boolean() }),
});

/** The same, for who has to write what it found out. */
export const lockSchedule = pgStatement({
  name: 'schedule.lock',
  text: `SELECT pg_advisory_xact_lock(hashtextextended('detection.schedule', 0))`,
  row: z.unknown(),
});

const Wanted = z.object({
  cause: z.enum(['first start', 'schedule']),
  reason: z.string(),
  fromDay: z.string(),
  toDay: z.string(),
  sinceMs: z.number(),
});

const StateRow = z
  .object({
    customer_id: z.string(),
    created_at: instant,
    asked_at: instant.nullable(),
    looked_at: instant.nullable(),
    looked: z.enum(lookedWords).nullable(),
    failures: z.number(),
    failure: z.string().nullable(),
    not_before: instant.nullable(),
    claimed_until: instant.nullable(),
    wanted: Wanted.nullable(),
    watched_to: z.string().nullable(),
    scan_id: z.string().nullable(),
    scan_status: z.enum(scanStatuses).nullable(),
    scan_as_of: instant.nullable(),
    scan_failure: z.string().nullable(),
    scan_kind: z.enum(scanKinds).nullable(),
  })
  .transform((row): { state: CustomerState; scan: LastScan | null } => ({
    state: {
      customerId: row.customer_id,
      createdAtMs: row.created_at,
      askedAtMs: row.asked_at,
      lookedAtMs: row.looked_at,
      looked: row.looked,
      failures: row.failures,
      failure: row.failure,
      notBeforeMs: row.not_before,
      claimedUntilMs: row.claimed_until,
      wanted: row.wanted,
      watchedTo: row.watched_to,
      scanId: row.scan_id,
    },
    scan: row.scan_status && {
      status: row.scan_status,
      asOfMs: row.scan_as_of,
      failure: row.scan_failure,
      kind: row.scan_kind,
    },
  }));

/** Every active customer in one statement, with what became of the scan that was requested for it last. */
export const selectStates = pgStatement({
  name: 'schedule.select_states',
  text: `
    SELECT c.id AS customer_id, c.created_at, p.asked_at, greatest(p.looked_at, w.checked_at) AS looked_at, w.to_day AS watched_to, p.looked, coalesce(p.failures, 0) AS failures,
           p.failure, p.not_before, p.claimed_until, p.wanted, p.scan_id, s.status AS scan_status, s.as_of AS scan_as_of,
           s.failure AS scan_failure, s.kind AS scan_kind
    FROM customers c
    LEFT JOIN scheduled_customers p ON p.customer_id = c.id
    LEFT JOIN watched_customers w ON w.customer_id = c.id
    LEFT JOIN scans s ON s.id = p.scan_id
    WHERE c.state = 'active'`,
  row: StateRow,
});

/** Takes states as a JSON array. A customer that was deleted since then is left out. */
export const saveStates = pgStatement({
  name: 'schedule.save_states',
  text: `
    INSERT INTO scheduled_customers (customer_id, asked_at, looked_at, looked, failures, failure, not_before,
                                     claimed_until, wanted, scan_id)
    SELECT s->>'customerId', to_timestamp((s->>'askedAtMs')::float8 / 1000),
           to_timestamp((s->>'lookedAtMs')::float8 / 1000), s->>'looked', (s->>'failures')::integer, s->>'failure',
           to_timestamp((s->>'notBeforeMs')::float8 / 1000), to_timestamp((s->>'claimedUntilMs')::float8 / 1000),
           nullif(s->'wanted', 'null'), (s->>'scanId')::uuid
    FROM jsonb_array_elements(:states::jsonb) AS s
    JOIN customers c ON c.id = s->>'customerId'
    ON CONFLICT (customer_id) DO UPDATE
    SET asked_at = excluded.asked_at, looked_at = excluded.looked_at, looked = excluded.looked,
        failures = excluded.failures, failure = excluded.failure, not_before = excluded.not_before,
        claimed_until = excluded.claimed_until, wanted = excluded.wanted, scan_id = excluded.scan_id`,
  params: z.object({ states: z.string() }),
  row: z.never(),
});

/**
 * What keeps the schedule waiting besides the cluster: "stop everything"; scans of people, and after repairs, that no
 * worker took although they may begin; what regular scans and looks cost since `:hour`.
 */
export const selectPressure = pgStatement({
  name: 'schedule.pressure',
  text: `
    SELECT ${stopJson} AS stop,
           (SELECT count(*) FROM scans
            WHERE status = 'queued' AND cancel_requested_at IS NULL
              AND (cause = 'person' AND created_at < now() - interval '2 seconds'
                   OR cause = 'after repair' AND created_at < now() - interval '20 seconds')) AS asked,
           (SELECT coalesce(sum(engine_ms), 0) FROM schedule_costs
            WHERE hour = :hour AND kind IN ('regular scans', 'looks')) AS spent_ms,
           busy, busy_until, busy_since, busy_looks, decided_at
    FROM schedule_state`,
  params: z.object({ hour: z.date() }),
  row: z
    .object({
      stop: Stop.nullable(),
      asked: z.number(),
      spent_ms: z.number(),
      busy: z.string().nullable(),
      busy_until: instant.nullable(),
      busy_since: instant.nullable(),
      busy_looks: z.number(),
      decided_at: instant.nullable(),
    })
    .transform((row) => ({
      stop: row.stop,
      asked: row.asked,
      spentMs: row.spent_ms,
      busy: row.busy,
      busyUntilMs: row.busy_until,
      busySinceMs: row.busy_since,
      busyLooks: row.busy_looks,
      decidedAtMs: row.decided_at,
    })),
});
export type Pressure = z.output<(typeof selectPressure)['row']>;

/** Notes that the cluster is too busy, or with null that it is not. */
export const markBusy = pgStatement({
  name: 'schedule.mark_busy',
  text: `
    UPDATE schedule_state
    SET busy = :busy, busy_until = :until, busy_looks = :looks,
        busy_since = CASE WHEN :busy::text IS NULL THEN NULL ELSE coalesce(busy_since, :at) END`,
  params: z.object({ busy: z.string().nullable(), until: z.date().nullable(), looks: z.number().int(), at: z.date() }),
  row: z.never(),
});

export const markDecided = pgStatement({
  name: 'schedule.mark_decided',
  text: `UPDATE schedule_state SET decided_at = :at`,
  params: z.object({ at: z.date() }),
  row: z.never(),
});
