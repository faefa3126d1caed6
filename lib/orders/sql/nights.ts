import { z } from 'zod';
import { pgStatement } from '@/lib/postgres/statement';
import { nightStatuses } from '../model';

const instant = z.date().transform((at) => at.getTime());

const columns =
  'order_id, night, from_at, to_at, status, campaign_id, verified, left_out, set_aside, row_count, sentence';
const NightRow = z
  .object({
    order_id: z.string(),
    night: z.string(),
    from_at: instant,
    to_at: instant,
    status: z.enum(nightStatuses),
    campaign_id: z.string().nullable(),
    verified: z.number(),
    left_out: z.number(),
    set_aside: z.number(),
    row_count: z.number(),
    sentence: z.string(),
  })
  .transform((row) => ({
    orderId: row.order_id,
    night: row.night,
    fromMs: row.from_at,
    toMs: row.to_at,
    status: row.status,
    campaignId: row.campaign_id,
    verified: row.verified,
    leftOut: row.left_out,
    setAside: row.set_aside,
    rows: row.row_count,
    sentence: row.sentence,
  }));
export type NightRow = z.output<typeof NightRow>;

/** The nights of an order, the newest first. */
export const selectNights = pgStatement({
  name: 'orders.select_nights',
  text: `
    SELECT ${columns} FROM standing_order_nights WHERE order_id = :orderId ORDER BY night DESC LIMIT :rowsMax`,
  params: z.object({ orderId: z.string(), rowsMax: z.number() }),
  row: NightRow,
});

export const selectNight = pgStatement({
  name: 'orders.select_night',
  text: `SELECT ${columns} FROM standing_order_nights WHERE order_id = :orderId AND night = :night`,
  params: z.object({ orderId: z.string(), night: z.string() }),
  row: NightRow,
});

/** The newest night of each order. */
export const selectLastNights = pgStatement({
  name: 'orders.select_last_nights',
  text: `
    SELECT DISTINCT ON (order_id) ${columns}
    FROM standing_order_nights
    WHERE order_id = ANY (:orderIds::uuid[])
    ORDER BY order_id, night DESC`,
  params: z.object({ orderIds: z.array(z.string()) }),
  row: NightRow,
});

const nightParams = z.object({
  orderId: z.string(),
  night: z.string(),
  fromAt: z.date(),
  toAt: z.date(),
  sentence: z.string(),
});

/** Begins a night: with its campaign, or over at once. No row back means that it was begun, or is missed. */
export const beginNight = pgStatement({
  name: 'orders.begin_night',
  text: `
    INSERT INTO standing_order_nights (order_id, night, from_at, to_at, status, campaign_id, sentence)
    VALUES (:orderId, :night, :fromAt, :toAt, :status, :campaignId, :sentence)
    ON CONFLICT (order_id, night) DO UPDATE
    SET status = excluded.status, campaign_id = excluded.campaign_id, sentence = excluded.sentence
    WHERE standing_order_nights.status = 'waiting'
    RETURNING night`,
  params: nightParams.extend({ status: z.enum(['under way', 'over']), campaignId: z.string().nullable() }),
  row: z.object({ night: z.string() }),
});
export type BegunNight = z.input<typeof beginNight.params>;

/** Writes down that a night waits, or is missed. It changes no night that was begun. */
export const holdNight = pgStatement({
  name: 'orders.hold_night',
  text: `
    INSERT INTO standing_order_nights (order_id, night, from_at, to_at, status, sentence)
    VALUES (:orderId, :night, :fromAt, :toAt, :status, :sentence)
    ON CONFLICT (order_id, night) DO UPDATE
    SET status = excluded.status, sentence = excluded.sentence
    WHERE standing_order_nights.status = 'waiting'
      AND (standing_order_nights.status, standing_order_nights.sentence) <> (excluded.status, excluded.sentence)`,
  params: nightParams.extend({ status: z.enum(['waiting', 'missed']) }),
  row: z.never(),
});

/** What the campaign of a night came to so far. */
export const updateNight = pgStatement({
  name: 'orders.update_night',
  text: `
    UPDATE standing_order_nights
    SET status = :status, verified = :verified, left_out = :leftOut, set_aside = :setAside, row_count = :rows,
      sentence = :sentence
    WHERE order_id = :orderId AND night = :night AND status IN ('under way', 'closing')`,
  params: z.object({
    orderId: z.string(),
    night: z.string(),
    status: z.enum(['under way', 'closing', 'over']),
    verified: z.number(),
    leftOut: z.number(),
    setAside: z.number(),
    rows: z.number(),
    sentence: z.string(),
  }),
  row: z.never(),
});
