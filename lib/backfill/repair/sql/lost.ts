import { z } from 'zod';
import { hasNoJob, isLongAgo, ofQueue } from '@/lib/postgres/lost-jobs';
import { pgStatement } from '@/lib/postgres/statement';

/**
 * The units that are due and have no job: of each active run the one that is worked on, or else the first that is
 * planned. While its run is paused or everything is stopped, a unit that nobody claims is put aside without a job, unless it
 * is to be cancelled.
 * `isLate`: nothing was heard of the run for more than a day.
 */
export const selectUnitsWithoutJob = pgStatement({
  name: 'backfill.select_units_without_job',
  text: `
    SELECT i.id, i.unit, i.run_id, r.customer_id, ${isLongAgo(`
      coalesce((SELECT e.at FROM backfill_events e WHERE e.run_id = r.id ORDER BY e.id DESC LIMIT 1), r.created_at)`)} AS late
    FROM backfill_runs r
    CROSS JOIN LATERAL (
      SELECT i.id, i.unit, i.run_id, i.owner
      FROM backfill_items i
      WHERE i.run_id = r.id AND i.ended_at IS NULL AND i.status <> 'needs attention'
      ORDER BY i.status = 'planned', i.seq
      LIMIT 1
    ) i
    WHERE r.status IN ('queued', 'running') AND ${hasNoJob("jsonb_build_object('itemId', i.id)")}
      AND (i.owner IS NOT NULL OR r.cancel_after = 'step' OR r.pause IS NULL AND NOT EXISTS (SELECT FROM stops WHERE lifted_at IS NULL))`,
  params: ofQueue,
  row: z
    .object({ id: z.string(), unit: z.string(), run_id: z.string(), customer_id: z.string(), late: z.boolean() })
    .transform((row) => ({
      itemId: row.id,
      unit: row.unit,
      runId: row.run_id,
      customerId: row.customer_id,
      isLate: row.late,
    })),
});
export type LostUnitRow = z.output<typeof selectUnitsWithoutJob.row>;

/** Jobs that the queue gave up would keep the later ones of their customer from being taken. What they did is in our rows. */
export const deleteGivenUp = pgStatement({
  name: 'backfill.delete_given_up',
  text: `DELETE FROM pgboss.job WHERE name = :queue AND state = 'failed'`,
  params: ofQueue,
  row: z.never(),
});
