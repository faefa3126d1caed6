import { z } from 'zod';
import { pgStatement } from '@/lib/postgres/statement';

/** One row an action, in the change's own transaction. */
export const insertAudit = pgStatement<
  [
    actor: string,
    role: string,
    via: string,
    requestId: string,
    action: string,
    customerId: string | null,
    subject: string,
    reason: string | null,
    detail: string,
  ]
>()({
  name: 'audit.insert',
  text: `
    INSERT INTO audit (actor, role, via, request_id, action, customer_id, subject, reason, detail)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
  row: z.never(),
});

/** Newest first; bounded by the primary key, at most `$4` rows. */
export const selectAudit = pgStatement<
  [customerId: string | null, action: string | null, beforeId: number | null, rowsMax: number]
>()({
  name: 'audit.select',
  text: `
    SELECT id, at, actor, role, via, request_id, action, customer_id, subject, reason, detail
    FROM audit
    WHERE ($1::text IS NULL OR customer_id = $1)
      AND ($2::text IS NULL OR action = $2)
      AND ($3::bigint IS NULL OR id < $3)
    ORDER BY id DESC
    LIMIT $4`,
  row: z
    .object({
      id: z.number(),
      at: z.date(),
      actor: z.string(),
      role: z.string(),
      via: z.string(),
      request_id: z.string(),
      action: z.string(),
      customer_id: z.string().nullable(),
      subject: z.string(),
      reason: z.string().nullable(),
      detail: z.record(z.string(), z.unknown()),
    })
    .transform(({ at, request_id, customer_id, ...row }) => ({
      ...row,
      atMs: at.getTime(),
      requestId: request_id,
      customerId: customer_id,
    })),
});
