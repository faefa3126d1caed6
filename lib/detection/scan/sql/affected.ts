import { z } from 'zod';
import { pgStatement } from '@/lib/postgres/statement';
import { resultsOf } from './scan-results';

/**
 * What the newest result of each day of a range comes to, for every active customer. `days` are those that a scan counted, 0
 * where none did. Bounded by the days of the range and the customers.
 */
export const selectAffected = pgStatement({
  name: 'detection.select_affected',
  text: `
    SELECT c.id, n.days, n.affected, n.flags
    FROM customers c
    CROSS JOIN LATERAL (
      SELECT count(*) AS days, coalesce(sum(affected), 0)::bigint AS affected,
        ARRAY(
          SELECT DISTINCT f.key
          FROM unnest(array_agg(day.flags)) AS of (flags), jsonb_each_text(of.flags) f
          WHERE f.value::bigint > 0
        ) AS flags
      FROM (
        ${resultsOf('c.id', 'd.day >= :fromDay AND d.day < :toDay')}
      ) day
    ) n
    WHERE c.state = 'active'
    ORDER BY c.id`,
  params: z.object({ fromDay: z.string(), toDay: z.string() }),
  row: z
    .object({ id: z.string(), days: z.number(), affected: z.number(), flags: z.array(z.string()) })
    .transform(({ id, ...row }) => ({ customerId: id, ...row })),
});
