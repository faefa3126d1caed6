import { z } from 'zod';
import { channels, events, sendingChannels } from './model';

const Pattern = z
  .string()
  .trim()
  .regex(/^[A-Za-z0-9*][A-Za-z0-9._*-]{0,62}$/, 'Write the id of a customer; * stands for any characters.');

/** Which happenings of an event a channel gets. Null: no threshold, all customers. `shareMin` is from 0 to 1. */
export const SetRule = z.object({
  event: z.enum(events),
  channel: z.enum(channels),
  enabled: z.boolean(),
  affectedMin: z.number().int().min(1, 'Write a number from 1 on.').max(1_000_000_000).nullable(),
  shareMin: z.number().positive('Write a share above 0.').max(1, 'A share is at most 100 %.').nullable(),
  customers: z.array(Pattern).min(1).max(200, 'Name at most 200 customers.').nullable(),
  urgent: z.boolean(),
});

export type SetRule = z.input<typeof SetRule>;

export const RetryDeliveries = z.object({
  /** One that was given up; null: all of the channel. */
  deliveryId: z.number().int().positive().nullable(),
  channel: z.enum(sendingChannels),
});

export type RetryDeliveries = z.input<typeof RetryDeliveries>;

export const TestChannel = z.object({ channel: z.enum(sendingChannels) });

export type TestChannel = z.input<typeof TestChannel>;
