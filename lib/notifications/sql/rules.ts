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
