import { z } from 'zod';

/** The filters of the audit, as `listAudit` takes them. */
export const AuditAddress = z
  .object({
    customer: z.string().max(80).optional(),
    action: z.string().max(80).optional(),
    before: z.coerce.number().int().min(1).optional(),
  })
  .transform(({ customer, action, before }) => ({ customerId: customer, action, beforeId: before, rowsMax: 100 }));
