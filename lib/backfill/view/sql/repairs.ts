import { z } from 'zod';
import { pgStatement } from '@/lib/postgres/statement';
import { itemStatuses, strategyNames } from '../../state/name-model';
import type { Repair } from '../repair-model';
import { isDropped } from './view';

/** The repairs of a customer that touch days of a range, newest first, at most 100. Bounded by the customer's runs. */
export const selectRepairs = pgStatement({
  name: 'backfill.select_repairs',
  text: `
    SELECT i.id, i.run_id, i.unit, i.status, r.strategy, r.started_by, r.reason, i.undone_by,
      coalesce(i.ended_at, i.started_at, r.created_at) AS at,
      i.state ->> 'backupAttempt' IS NOT NULL AND i.undone_by IS NULL
        AND i.status IN ('verified', 'cancelled', 'needs attention') AND NOT ${isDropped} AS can_undo
    FROM backfill_items i
    JOIN backfill_runs r ON r.id = i.run_id
    WHERE r.customer_id = :customerId
      AND i.status NOT IN ('skipped', 'planned')
      AND i.scope ->> 'fromDay' < :toDay AND i.scope ->> 'toDay' > :fromDay
    ORDER BY at DESC
    LIMIT 100`,
  params: z.object({ customerId: z.string(), fromDay: z.string(), toDay: z.string() }),
  row: z
    .object({
      id: z.string(),
      run_id: z.string(),
      unit: z.string(),
      status: z.enum(itemStatuses),
      strategy: z.enum(strategyNames),
      started_by: z.string(),
      reason: z.string(),
      undone_by: z.string().nullable(),
      at: z.date(),
      can_undo: z.boolean(),
    })
    .transform(
      (row): Repair => ({
        itemId: row.id,
        runId: row.run_id,
        unit: row.unit,
        status: row.status,
        strategy: row.strategy,
        startedBy: row.started_by,
        reason: row.reason,
        atMs: row.at.getTime(),
        undoneBy: row.undone_by,
        canUndo: row.can_undo,
      }),
    ),
});
