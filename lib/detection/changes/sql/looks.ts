import { z } from 'zod';
import { pgStatement } from '@/lib/postgres/statement';
import { Look, Turns, type WatchState } from '../model';

const instant = z.date().transform((at) => at.getTime());

const StateRow = z
  .object({
    customer_id: z.string(),
    from_day: z.string(),
    to_day: z.string(),
    audited_at: instant,
    look: Look,
    turns: Turns,
  })
  .transform((row): WatchState & { customerId: string } => ({
    customerId: row.customer_id,
    fromDay: row.from_day,
    toDay: row.to_day,
    auditedAtMs: row.audited_at,
    look: row.look,
    turns: row.turns,
  }));

/** From which looks these customers' answers are kept up. Without `:parts` the parts are left out: most are not needed. */
export const selectWatchStates = pgStatement({
  name: 'changes.select_states',
  text: `
    SELECT customer_id, from_day, to_day, audited_at, turns,
           CASE WHEN :parts THEN look ELSE look || '{"parts": []}' END AS look
    FROM part_looks
    WHERE customer_id = ANY (:customerIds)`,
  params: z.object({ customerIds: z.array(z.string()), parts: z.boolean() }),
  row: StateRow,
});

/** The same of one customer, for the transaction that moves it on. */
export const lockWatchState = pgStatement({
  name: 'changes.lock_state',
  text: `
    SELECT customer_id, from_day, to_day, audited_at, turns, look
    FROM part_looks
    WHERE customer_id = :customerId
    FOR UPDATE`,
  params: z.object({ customerId: z.string() }),
  row: StateRow,
});

/** A look never goes back: the state of an older one is not written, and no row is returned. */
export const upsertWatchState = pgStatement({
  name: 'changes.upsert_state',
  text: `
    INSERT INTO part_looks (customer_id, from_day, to_day, looked_at, audited_at, look, turns)
    VALUES (:customerId, :fromDay, :toDay, :lookedAt, :auditedAt, :look::jsonb, :turns::jsonb)
    ON CONFLICT (customer_id) DO UPDATE
    SET from_day = excluded.from_day, to_day = excluded.to_day, looked_at = excluded.looked_at,
        audited_at = greatest(part_looks.audited_at, excluded.audited_at), look = excluded.look, turns = excluded.turns
    WHERE part_looks.looked_at <= excluded.looked_at
    RETURNING customer_id`,
  params: z.object({
    customerId: z.string(),
    fromDay: z.string(),
    toDay: z.string(),
    lookedAt: z.date(),
    auditedAt: z.date(),
    look: z.string(),
    turns: z.string(),
  }),
  row: z.object({ customer_id: z.string() }),
});

/** The same parts in other files: the next look is compared with these. */
export const moveWatchState = pgStatement({
  name: 'changes.move_state',
  text: `
    UPDATE part_looks
    SET looked_at = :lookedAt, look = :look::jsonb
    WHERE customer_id = :customerId AND looked_at <= :lookedAt AND (look->>'atMs')::float8 = :beforeMs`,
  params: z.object({ customerId: z.string(), lookedAt: z.date(), look: z.string(), beforeMs: z.number() }),
  row: z.never(),
});

/** Days that another scan answered, of which the watch knows too little: they are read again. Each mark is a new one. */
export const markTurned = pgStatement({
  name: 'changes.mark_turned',
  text: `
    UPDATE part_looks
    SET turns = turns || (
      SELECT coalesce(jsonb_object_agg(day::text, -nextval('watch_revision')), '{}')
      FROM unnest(:days::date[]) AS day
      WHERE day >= from_day AND day < to_day)
    WHERE customer_id = :customerId`,
  params: z.object({ customerId: z.string(), days: z.array(z.string()) }),
  row: z.never(),
});

/** Of these days those that are recorded as of a later instant than this scan read them: the answers are another one's. */
export const selectOvertaken = pgStatement({
  name: 'changes.overtaken',
  text: `
    SELECT d.day
    FROM unnest(:days::date[], :readAt::timestamptz[]) AS read (day, at)
    JOIN day_looks d ON d.customer_id = :customerId AND d.day = read.day
    WHERE d.as_of > read.at`,
  params: z.object({ customerId: z.string(), days: z.array(z.string()), readAt: z.array(z.date()) }),
  row: z.object({ day: z.string() }).transform(({ day }) => day),
});

/** The range of which day_looks holds at this instant, where nothing changed since. */
export const upsertChecked = pgStatement({
  name: 'changes.upsert_checked',
  text: `
    INSERT INTO watched_customers (customer_id, from_day, to_day, checked_at)
    VALUES (:customerId, :fromDay, :toDay, :at)
    ON CONFLICT (customer_id) DO UPDATE
    SET from_day = excluded.from_day, to_day = excluded.to_day, checked_at = excluded.checked_at
    WHERE watched_customers.checked_at <= excluded.checked_at`,
  params: z.object({ customerId: z.string(), fromDay: z.string(), toDay: z.string(), at: z.date() }),
  row: z.never(),
});

/** One statement for all customers of a look in which nothing changed. */
export const moveChecked = pgStatement({
  name: 'changes.move_checked',
  text: `
    UPDATE watched_customers
    SET checked_at = :at
    WHERE customer_id = ANY (:customerIds) AND checked_at < :at`,
  params: z.object({ customerIds: z.array(z.string()), at: z.date() }),
  row: z.never(),
});

/** What a scan reads and why, before it reads, with the look that it is based on. */
export const markPlanned = pgStatement({
  name: 'changes.mark_planned',
  text: `
    UPDATE scans
    SET kind = :kind, days = :days::date[], reason = :reason, look = :look::jsonb
    WHERE id = :scanId`,
  params: z.object({
    scanId: z.string(),
    kind: z.string(),
    days: z.array(z.string()).nullable(),
    reason: z.string(),
    look: z.string().nullable(),
  }),
  row: z.never(),
});

export const selectScanLook = pgStatement({
  name: 'changes.scan_look',
  text: `SELECT look FROM scans WHERE id = :scanId`,
  params: z.object({ scanId: z.string() }),
  row: z.object({ look: Look.nullable() }).transform((row) => row.look),
});
