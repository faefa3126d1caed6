import { z } from 'zod';
import { pgStatement } from '@/lib/postgres/statement';
import { StateJson } from '../../state/sql/state-json';

/** Units in work, and those that need attention; at most 500, which is more than workers can have. */
export const selectUnitsInWork = pgStatement({
  name: 'backfill.select_units_in_work',
  text: `
    SELECT i.run_id, r.customer_id, i.unit, i.state, (i.plan ->> 'labelRows')::bigint AS label_rows
    FROM backfill_items i
    JOIN backfill_runs r ON r.id = i.run_id
    WHERE r.status IN ('queued', 'running', 'needs attention')
      AND i.status NOT IN ('planned', 'verified', 'cancelled', 'skipped')
    ORDER BY r.created_at, i.seq
    LIMIT 500`,
  row: z
    .object({
      run_id: z.string(),
      customer_id: z.string(),
      unit: z.string(),
      state: StateJson,
      label_rows: z.number(),
    })
    .transform((row) => ({
      runId: row.run_id,
      customerId: row.customer_id,
      unit: row.unit,
      state: row.state,
      labelRows: row.label_rows,
    })),
});
