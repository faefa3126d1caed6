import { z } from 'zod';
import { hasNoJob, ofQueue } from '@/lib/postgres/lost-jobs';
import { pgStatement } from '@/lib/postgres/statement';

/**
 * The units that are due and have no job: of each active run the one that is worked on, or else the first that is
 * planned. While its run is paused or everything is stopped, a unit that nobody claims is put aside without a job.
 */
export const selectUnitsWithoutJob = pgStatement({
  name: 'backfill.select_units_without_job',
  text: `
    SELECT i.id, r.customer_id
    FROM backfill_runs r
    CROSS JOIN LATERAL (
      SELECT i.id, i.owner
      FROM backfill_items i
      WHERE i.run_id = r.id AND i.ended_at IS NULL AND i.status <> 'needs attention'
      ORDER BY i.status = 'planned', i.seq
      LIMIT 1
    ) i
    WHERE r.status IN ('queued', 'running') AND ${hasNoJob("jsonb_build_object('itemId', i.id)")}
      AND (i.owner IS NOT NULL OR r.pause IS NULL AND NOT EXISTS (SELECT FROM stops WHERE lifted_at IS NULL))`,
  params: ofQueue,
  row: z
    .object({ id: z.string(), customer_id: z.string() })
    .transform((row) => ({ itemId: row.id, customerId: row.customer_id })),
});
