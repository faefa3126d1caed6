import { z } from 'zod';
import { Scope } from '@/lib/customers/model';
import { pgStatement } from '@/lib/postgres/statement';

/** Days that wait for a person since their delete did not end clearly, of which no row was counted gone yet. */
export const selectUnlookedDays = pgStatement({
  name: 'backfill.unlooked_days',
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
export const saveGap = pgStatement({
  name: 'backfill.save_gap',
  text: `
    UPDATE backfill_items
    SET gap_from_at = least(now(), to_timestamp(:sinceMs::float8 / 1000)), evidence = evidence || :evidence::jsonb
    WHERE id = :itemId AND status = 'needs attention' AND gap_from_at IS NULL`,
  params: z.object({ itemId: z.string(), sinceMs: z.number(), evidence: z.string() }),
  row: z.never(),
});
