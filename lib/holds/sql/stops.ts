import { z } from 'zod';
import { pgStatement } from '@/lib/postgres/statement';
import { Stop } from '../model';

/** The stop that is not lifted, as JSON for other statements; NULL where there is none. */
export const stopJson = `
  (SELECT jsonb_build_object('id', s.id, 'by', s.stopped_by, 'reason', s.reason, 'immediately', s.immediately,
      'atMs', round(extract(epoch FROM s.stopped_at) * 1000))
    FROM stops s WHERE s.lifted_at IS NULL)`;

const StopRow = z.object({ stop: Stop.nullable() }).transform(({ stop }) => stop);

/** "Stop everything", while it is not lifted; null otherwise. One row at most by its unique index. */
export const selectStop = pgStatement({
  name: 'holds.select_stop',
  text: `SELECT ${stopJson} AS stop`,
  row: StopRow,
});

/** Stops everything. Conflicts with `stops_one` where everything is stopped already. */
export const insertStop = pgStatement({
  name: 'holds.insert_stop',
  text: `
    INSERT INTO stops (id, stopped_by, reason, immediately)
    VALUES (:id, :by, :reason, :immediately)`,
  params: z.object({ id: z.string(), by: z.string(), reason: z.string(), immediately: z.boolean() }),
  row: z.never(),
});

/** "now" after a stop at the next boundary. */
export const hastenStop = pgStatement({
  name: 'holds.hasten_stop',
  text: 'UPDATE stops SET immediately = true WHERE lifted_at IS NULL AND NOT immediately RETURNING id',
  row: z.object({ id: z.string() }),
});

export const liftStop = pgStatement({
  name: 'holds.lift_stop',
  text: `
    UPDATE stops
    SET lifted_by = :by, lifted_reason = :reason, lifted_at = now()
    WHERE lifted_at IS NULL
    RETURNING id`,
  params: z.object({ by: z.string(), reason: z.string() }),
  row: z.object({ id: z.string() }),
});
