import { z } from 'zod';
import { exportFormats } from '@/lib/export/model';
import { AuditFilter, HeadText } from './model';

const { customerId, actor, action, result, runId, since, until, day, text } = AuditFilter.shape;
const Filter = z.object({ customer: customerId, actor, action, result, run: runId, since, until, day, q: text });

const filterOf = ({ customer, run, q, ...rest }: z.output<typeof Filter>): AuditFilter => ({
  ...rest,
  customerId: customer,
  runId: run,
  text: q,
});

/** The filters of the audit's page, as `listAudit` takes them. */
export const AuditAddress = Filter.extend({ before: z.coerce.number().int().min(1).optional() }).transform(
  ({ before, ...filter }) => ({ ...filterOf(filter), beforeId: before, rowsMax: 100 }),
);

/** The same filters for an export of every row. */
export const AuditExportAddress = Filter.extend({ format: z.enum(exportFormats) }).transform(
  ({ format, ...filter }) => ({
    format,
    filter: filterOf(filter),
  }),
);

/** A head that was kept, against which the chain is checked. */
export const AuditVerifyAddress = z.object({ head: HeadText.optional() });
