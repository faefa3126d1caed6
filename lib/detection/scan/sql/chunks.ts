import { z } from 'zod';
import { pgStatement } from '@/lib/postgres/statement';
import { DayCounts, StoredFlags } from '../../model';
import { addToHour } from './scan-costs';

const instant = z.date().transform((at) => at.getTime());

export const insertChunks = pgStatement({
  name: 'detection.insert_chunks',
  text: `
    WITH planned AS (
      INSERT INTO scan_chunks (scan_id, seq, from_at, to_at)
      SELECT :scanId, part.seq - 1, part.from_at, part.to_at
      FROM unnest(:fromAt::timestamptz[], :toAt::timestamptz[]) WITH ORDINALITY AS part (from_at, to_at, seq)
      ON CONFLICT DO NOTHING)
    UPDATE scans SET chunks_total = cardinality(:fromAt) WHERE id = :scanId`,
  params: z.object({ scanId: z.string(), fromAt: z.array(z.date()), toAt: z.array(z.date()) }),
  row: z.never(),
});

const Shares = z.record(z.string(), z.tuple([z.number(), z.number(), z.number()]));
const StoredDay = z.object({
  counts: DayCounts.extend({ flags: StoredFlags }),
  openLabelled: z.number(),
  agents: Shares,
  useCases: Shares,
});
const StoredTally = z.array(z.tuple([z.number(), StoredDay])).transform((days) => ({
  tally: new Map(
    days.map(([day, part]) => [day, { ...part, counts: { ...part.counts, flags: part.counts.flags.counts } }]),
  ),
  isComplete: days.every(([, { counts }]) => counts.flags.isComplete),
}));

/** All chunks in order, without their verdicts. */
export const selectChunks = pgStatement({
  name: 'detection.select_chunks',
  text: `
    SELECT from_at, to_at, status = 'done' AS done, as_of, at_least, tally
    FROM scan_chunks
    WHERE scan_id = :scanId
    ORDER BY seq`,
  params: z.object({ scanId: z.string() }),
  row: z
    .object({
      from_at: instant,
      to_at: instant,
      done: z.boolean(),
      as_of: instant.nullable(),
      at_least: z.boolean(),
      tally: StoredTally,
    })
    .transform((row) => ({
      fromMs: row.from_at,
      toMs: row.to_at,
      done: row.done,
      asOfMs: row.as_of,
      atLeast: row.at_least || !row.tally.isComplete,
      tally: row.tally.tally,
    })),
});

export const selectChunkVerdicts = pgStatement({
  name: 'detection.select_chunk_verdicts',
  text: `SELECT verdicts FROM scan_chunks WHERE scan_id = :scanId AND seq = :seq`,
  params: z.object({ scanId: z.string(), seq: z.number() }),
  row: z.object({ verdicts: z.instanceof(Buffer) }),
});

/** A chunk ends once, so a second worker's answer changes nothing. The same statement adds to the scan's sums. */
export const finishChunk = pgStatement({
  name: 'detection.finish_chunk',
  text: `
    WITH finished AS (
      UPDATE scan_chunks
      SET status = 'done', as_of = :asOf, rows_read = :rowsRead, bytes_read = :bytesRead, elapsed_ms = :elapsedMs, query_ids = :queryIds, at_least = :atLeast,
          tally = :tally, verdicts = :verdicts
      WHERE scan_id = :scanId AND seq = :seq AND status = 'planned'
      RETURNING 1),
    cost AS (${addToHour('EXISTS (SELECT FROM finished)')})
    UPDATE scans
    SET chunks_done = chunks_done + 1, rows_read = rows_read + :rowsRead, bytes_read = bytes_read + :bytesRead,
        elapsed_ms = elapsed_ms + :elapsedMs, at_least = at_least OR :atLeast
    WHERE id = :scanId AND EXISTS (SELECT FROM finished)`,
  params: z.object({
    scanId: z.string(),
    seq: z.number(),
    asOf: z.date(),
    rowsRead: z.number(),
    bytesRead: z.number(),
    elapsedMs: z.number(),
    queryIds: z.array(z.string()),
    atLeast: z.boolean(),
    tally: z.string(),
    verdicts: z.instanceof(Buffer),
  }),
  row: z.never(),
});

export const emptyChunks = pgStatement({
  name: 'detection.empty_chunks',
  text: `UPDATE scan_chunks SET tally = '[]', verdicts = '' WHERE scan_id = :scanId`,
  params: z.object({ scanId: z.string() }),
  row: z.never(),
});
