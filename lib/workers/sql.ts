import { z } from 'zod';
import { LauncherCheck } from '@/lib/jobs/model';
import { pgStatement } from '@/lib/postgres/statement';

const ms = z.coerce.date().transform((date) => date.getTime());
const msOrNull = z.coerce
  .date()
  .nullable()
  .transform((date) => date?.getTime() ?? null);

/** A worker renews its row every few seconds; one that is silent for longer counts as gone. */
export const silentMaxSeconds = 20;

/** How many workers were heard from lately. */
export const aliveWorkers = `(SELECT count(*) FROM workers WHERE stopped_at IS NULL AND seen_at > now() - interval '${silentMaxSeconds} seconds')::integer`;

/** What a worker's own account may do on the platform of Jobs, as it found it now; health reads it. */
export const saveWorkerCheck = pgStatement({
  name: 'workers.save_check',
  text: 'UPDATE workers SET launcher_check = :check, launcher_checked_at = now() WHERE id = :id',
  params: z.object({ id: z.string(), check: z.string() }),
  row: z.never(),
});

/** At most a few rows: workers that were not heard from for an hour leave. */
export const selectWorkers = pgStatement({
  name: 'workers.select',
  text: `
SELECT
  id, host, pid, started_at, seen_at, extract(epoch FROM now() - seen_at)::float8 AS silent_seconds,
  launcher_check, launcher_checked_at
FROM workers
WHERE stopped_at IS NULL
ORDER BY seen_at DESC
LIMIT 50`,
  row: z
    .object({
      id: z.string(),
      host: z.string(),
      pid: z.number(),
      started_at: ms,
      seen_at: ms,
      silent_seconds: z.number(),
      launcher_check: LauncherCheck.nullable().catch(null),
      launcher_checked_at: msOrNull,
    })
    .transform((row) => ({
      id: row.id,
      host: row.host,
      pid: row.pid,
      startedAtMs: row.started_at,
      seenAtMs: row.seen_at,
      silentSeconds: row.silent_seconds,
      check: row.launcher_check,
      checkedAtMs: row.launcher_checked_at,
    })),
});
export type WorkerRow = z.output<typeof selectWorkers.row>;

/** Heard from: the worker renews its row; health reads it. */
export const upsertWorker = pgStatement({
  name: 'workers.upsert',
  text: `
    INSERT INTO workers (id, host, pid)
    VALUES (:id, :host, :pid)
    ON CONFLICT (id) DO UPDATE SET seen_at = now()`,
  params: z.object({ id: z.string(), host: z.string(), pid: z.number() }),
  row: z.never(),
});

export const stopWorker = pgStatement({
  name: 'workers.stop',
  text: 'UPDATE workers SET stopped_at = now(), seen_at = now() WHERE id = :id',
  params: z.object({ id: z.string() }),
  row: z.never(),
});
