import type { Context } from '@/lib/context';
import { getCustomer } from '@/lib/customers/get-customer';
import { AppError } from '@/lib/errors';
import { storedJson } from '@/lib/text';
import { detectionEngine } from '../judge/engine';
import { inLanes } from '../judge/lanes';
import { type ChunkResult, readChunk } from '../judge/read-chunk';
import { readFew } from '../judge/read-few';
import { noCost } from '../judge/session';
import { beginScan } from './begin-scan';
import { endScan } from './end-scan';
import { daysOf, rangesIn, resultsOf, type StoredChunk, tallyOf, type Work } from './scan-days';
import { finishChunk } from './sql/chunks';
import { upsertDays } from './sql/scan-results';
import { selectScan } from './sql/scans';

const statementSeconds = 1_800;

/**
 * Reads the chunks of a running scan that are not done yet, and ends the scan. Each chunk is stored when it is read, with
 * the days that it completes. What the confirm found is stored in the transaction that ends the scan. May be repeated,
 * and does nothing once the scan has ended. Throws when `signal` aborts or an engine fails.
 */
export async function workThrough(ctx: Context, scanId: string, signal: AbortSignal): Promise<void> {
  // NOTE: an earlier try may have planned or ended the scan.
  const [scan] = await ctx.db.query(selectScan, { id: scanId });
  if (scan?.status !== 'running') return;
  const customer = await getCustomer(ctx, scan.customerId);
  const engine = detectionEngine(ctx, customer.id);
  const limits = { signal, timeoutSeconds: statementSeconds };
  const begun = await beginScan(ctx, { scan, customer, engine }, limits);
  const work: Work = { ctx, scan, customer, engine, limits, ...begun };
  await readChunks(work);
  await endScan(work);
}

async function readChunks(work: Work): Promise<void> {
  const { ctx, scan } = work;
  await inLanes(work.chunks, async (chunk, at) => {
    if (chunk.done) return;
    work.limits.signal?.throwIfAborted();
    const asOfMs = ctx.clock.now();
    const { tally, verdicts, cost, atLeast } = await readOrLimit(work, chunk, asOfMs);
    const { rowsRead, bytesRead, elapsedMs, queryIds } = cost;
    await ctx.db.query(finishChunk, {
      scanId: scan.id,
      seq: at,
      asOf: new Date(asOfMs),
      rowsRead,
      bytesRead,
      elapsedMs,
      queryIds,
      atLeast,
      tally: JSON.stringify([...tally]),
      verdicts,
    });
    Object.assign(chunk, { done: true, asOfMs, atLeast, tally });
    const found = resultsOf(work, { days: daysOf(work, chunk), tally: tallyOf(work) });
    if (found.length === 0) return;
    await ctx.db.query(upsertDays, { scanId: scan.id, customerId: scan.customerId, days: storedJson(found) });
  });
}

/** A chunk that hits a limit counts nothing, and its days are marked "at least". */
async function readOrLimit(
  work: Work,
  chunk: StoredChunk,
  asOfMs: number,
): Promise<ChunkResult & { atLeast: boolean }> {
  const { engine, columns, limits } = work;
  try {
    const ranges = rangesIn(work, chunk);
    const input = { columns, scope: { ...work.read, asOfMs }, chunk, ranges };
    const read = work.few ? readFew : readChunk;
    return { ...(await read(engine, input, limits)), atLeast: false };
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'limit' || limits.signal?.aborted) throw error;
    work.ctx.log.warn({ err: error, scanId: work.scan.id }, 'a chunk hit a limit');
    return { tally: new Map(), verdicts: Buffer.alloc(0), cost: noCost(), atLeast: true };
  }
}
