import { z } from 'zod';
import { Scope } from '@/lib/customers/model';
import { pgStatement } from '@/lib/postgres/statement';

/** Days that wait for a person since their delete did not end clearly, of which no row was counted gone yet. */
export const selectUnlookedDays = pgStatement<[]>()({
  name: 'backfill.unlookedDays',
  text: `
    SELECT id, run_id, unit, scope, (plan ->> 'labelRows')::bigint AS rows
    FROM backfill_items
    WHERE status = 'needs attention'
      AND state ->> 'labels' = 'half deleted'
      AND state ->> 'failedIn' IN ('deleting', 'waiting for mutation')
      AND gap_from_at IS NULL
    ORDER BY unit
    LIMIT 100`,
  row: z
    .object({ id: z.string(), run_id: z.string(), unit: z.string(), scope: Scope, rows: z.number() })
    .transform(({ id, run_id, ...row }) => ({ ...row, itemId: id, runId: run_id })),
});

/** Since when the labels of a day that still waits are missing. */
export const saveGap = pgStatement<[itemId: string, sinceMs: number, evidence: string]>()({
  name: 'backfill.saveGap',
  text: `
    UPDATE backfill_items
    SET gap_from_at = least(now(), to_timestamp($2::float8 / 1000)), evidence = evidence || $3::jsonb
    WHERE id = $1 AND status = 'needs attention' AND gap_from_at IS NULL`,
  row: z.never(),
});
