import { z } from 'zod';
import { quoteName, quoteTable, type TableName } from '@/lib/clickhouse/identifiers';
import { statement } from '@/lib/clickhouse/statement';
import { CustomerRangeParams, inCustomerRange } from './scope';

const Params = CustomerRangeParams.extend({ rowsMax: z.number().int() });

/**
 * How many label rows each constraint would refuse, were they written now; NULL is a refusal too. `unwritten` are
 * columns that get their type's default instead of what is in them. Expressions come from the catalogue. Bounded by the
 * range and by `rowsMax`.
 */
export const countRefusedLabels = statement<
  typeof Params,
  z.ZodType<number[]>,
  { labels: TableName; columns: Record<string, string>; unwritten: ReadonlySet<string>; expressions: string[] }
>({
  name: 'customers.refused_labels',
  text: ({ labels, columns, unwritten, expressions }) => `
    SELECT [${expressions.map((expression) => `countIf(NOT ifNull(${expression}, 0))`).join(', ')}] AS slc_refused
    FROM (
      SELECT ${Object.entries(columns)
        .map(([name, type]) =>
          unwritten.has(name)
            ? `defaultValueOfTypeName('${type.replace(/[\\']/g, '\\$&')}') AS ${quoteName(name)}`
            : quoteName(name),
        )
        .join(', ')}
      FROM ${quoteTable(labels)}
      WHERE ${inCustomerRange}
      LIMIT {rowsMax:UInt64}
    )`,
  params: Params,
  row: z.object({ slc_refused: z.array(z.coerce.number()) }).transform((row) => row.slc_refused),
});
