import { z } from 'zod';
import { pgStatement } from '@/lib/postgres/statement';
import { channels, events } from '../model';

const Changed = z.object({
  event: z.enum(events),
  channel: z.enum(channels),
  enabled: z.boolean(),
  affectedMin: z.number().nullable(),
  shareMin: z.number().nullable(),
  customers: z.array(z.string()).nullable(),
  urgent: z.boolean(),
});

/** The channels that the worker can send to, and the rules that somebody changed, as JSON. */
export const selectRoutes = pgStatement({
  name: 'notifications.select_routes',
  text: `
    SELECT c.channel, (
        SELECT coalesce(jsonb_agg(jsonb_build_object(
          'event', r.event, 'channel', r.channel, 'enabled', r.enabled, 'affectedMin', r.affected_min,
          'shareMin', r.share_min, 'customers', r.customers, 'urgent', r.urgent)), '[]')
        FROM notification_rules r
        WHERE r.channel = c.channel
      ) AS rules
    FROM notification_channels c
    WHERE c.configured`,
  row: z.object({ channel: z.enum(channels), rules: z.array(Changed) }),
});

const ChangedRow = z
  .object({
    event: z.enum(events),
    channel: z.enum(channels),
    enabled: z.boolean(),
    affected_min: z.number().nullable(),
    share_min: z.number().nullable(),
    customers: z.array(z.string()).nullable(),
    urgent: z.boolean(),
    changed_by: z.string(),
    changed_at: z.date(),
  })
  .transform((row) => ({
    event: row.event,
    channel: row.channel,
    enabled: row.enabled,
    affectedMin: row.affected_min,
    shareMin: row.share_min,
    customers: row.customers,
    urgent: row.urgent,
    changedBy: row.changed_by,
    changedAtMs: row.changed_at.getTime(),
  }));
const ruleColumns = 'event, channel, enabled, affected_min, share_min, customers, urgent, changed_by, changed_at';

/** The rules that somebody changed. */
export const selectChangedRules = pgStatement({
  name: 'notifications.select_changed_rules',
  text: `SELECT ${ruleColumns} FROM notification_rules`,
  row: ChangedRow,
});

/** People change rules one after the other, so that the audit has what each found. The transaction releases the lock. */
export const lockRules = pgStatement({
  name: 'notifications.lock_rules',
  text: `SELECT pg_advisory_xact_lock(hashtextextended('notifications.rules', 0))`,
  row: z.unknown(),
});

export const upsertRule = pgStatement({
  name: 'notifications.upsert_rule',
  text: `
    INSERT INTO notification_rules (${ruleColumns.replace(', changed_at', '')})
    VALUES (:event, :channel, :enabled, :affectedMin, :shareMin, :customers, :urgent, :changedBy)
    ON CONFLICT (event, channel) DO UPDATE
    SET enabled = excluded.enabled, affected_min = excluded.affected_min, share_min = excluded.share_min,
      customers = excluded.customers, urgent = excluded.urgent, changed_by = excluded.changed_by, changed_at = now()
    RETURNING ${ruleColumns}`,
  params: z.object({
    event: z.enum(events),
    channel: z.enum(channels),
    enabled: z.boolean(),
    affectedMin: z.number().nullable(),
    shareMin: z.number().nullable(),
    customers: z.string().nullable(),
    urgent: z.boolean(),
    changedBy: z.string(),
  }),
  row: ChangedRow,
});
