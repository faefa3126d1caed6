import { z } from 'zod';
import { pgStatement } from '@/lib/postgres/statement';

/** How many workers were heard from lately. */
export const aliveWorkers =
  "(SELECT count(*) FROM workers WHERE stopped_at IS NULL AND seen_at > now() - interval '20 seconds')::integer";

/** What a worker's own account may do on the platform of Jobs, as it found it now; health reads it. */
export const saveWorkerCheck = pgStatement<[id: string, check: string]>()({
  name: 'backfill.saveWorkerCheck',
  text: 'UPDATE workers SET launcher_check = $2, launcher_checked_at = now() WHERE id = $1',
  row: z.never(),
});
