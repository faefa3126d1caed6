import type { Context } from '@/lib/context';
import { getCustomer } from '@/lib/customers/get-customer';
import { keptTables } from '@/lib/customers/kept-tables';
import { type Scope, scopeOf } from '@/lib/customers/model';
import { addDays, type Day, dayStartMs, daysBetween } from '@/lib/days';
import { AppError } from '@/lib/errors';
import { recordDays } from '@/lib/findings/history/record-days';
import { storedJson } from '@/lib/text';
import { confirm } from '../judge/confirm';
import { type DetectionEngine, detectionEngine } from '../judge/engine';
import { inLanes } from '../judge/lanes';
import { type ChunkResult, readChunk } from '../judge/read-chunk';
import { readScopeOf, surveyChunks } from '../judge/read-scope';
import { resolveNames } from '../judge/resolve-names';
import { addCost, DetectionSession, type Limits, noCost } from '../judge/session';
import { type DetectionColumns, detectionColumns } from '../judge/sql/columns';
import type { ReadScope } from '../judge/sql/read';
import { addTally, dayNumber, dayResult, hashesIn, type Tally } from '../judge/tally';
import type { DayResult, Scan } from '../model';
import {
  addScanCost,
  dropProgress,
  emptyChunks,
  finishChunk,
  insertChunks,
  selectChunks,
  selectChunkVerdicts,
  upsertDays,
} from './sql/scan-results';
import { markEnded } from './sql/scans';
import { tellScanned } from './tell-scan';

const statementSeconds = 1_800;

type StoredChunk = {
  fromMs: number;
  toMs: number;
  done: boolean;
  asOfMs: number | null;
  atLeast: boolean;
  tally: Tally;
};

type Work = {
  ctx: Context;
  scan: Scan;
  scope: Scope;
  columns: DetectionColumns;
  read: ReadScope;
  engine: DetectionEngine;
  limits: Limits;
  chunks: StoredChunk[];
};

/**
 * Reads the chunks of a running scan that are not done yet, and ends the scan. Each chunk is stored when it is read, with
 * the days that it completes. What the confirm found is stored in the transaction that ends the scan. Throws when
 * `signal` aborts or an engine fails.
 */
export async function workThrough(ctx: Context, scan: Scan, signal: AbortSignal): Promise<void> {
  const customer = await getCustomer(ctx, scan.customerId);
  const scope = scopeOf(customer, scan.fromDay, scan.toDay);
  const columns = detectionColumns(await keptTables(ctx, customer));
  const { safetyMarginMs, chunkConversations } = ctx.config.detection;
  const read = await readScopeOf(ctx, scope, { asOfMs: ctx.clock.now(), marginMs: safetyMarginMs });
  const engine = detectionEngine(ctx, customer.id);
  const limits = { signal, timeoutSeconds: statementSeconds };
  let chunks = await ctx.db.query(selectChunks, { scanId: scan.id });
  if (chunks.length === 0) {
    const planned = await surveyChunks(engine, { columns, scope: read, rowsMax: chunkConversations }, limits);
    const [from, to] = (['fromMs', 'toMs'] as const).map((edge) =>
      planned.chunks.map((chunk) => new Date(chunk[edge])),
    );
    await ctx.db.query(insertChunks, { scanId: scan.id, fromAt: from ?? [], toAt: to ?? [] });
    await ctx.db.query(addScanCost, { scanId: scan.id, asOf: new Date(ctx.clock.now()), runs: 0, ...planned.cost });
    chunks = await ctx.db.query(selectChunks, { scanId: scan.id });
  }
  const work: Work = { ctx, scan, scope, columns, read, engine, limits, chunks };
  await readChunks(work);
  await finish(work);
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
    const result = await readChunk(engine, { columns, scope: { ...work.read, asOfMs }, chunk }, limits);
    return { ...result, atLeast: false };
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'limit' || limits.signal?.aborted) throw error;
    work.ctx.log.warn({ err: error, scanId: work.scan.id }, 'a chunk hit a limit');
    return { tally: new Map(), verdicts: Buffer.alloc(0), cost: noCost(), atLeast: true };
  }
}

const overlaps = ({ timeZone }: Scope, day: Day, part: { fromMs: number; toMs: number }) =>
  dayStartMs(day, timeZone) < part.toMs && dayStartMs(addDays(day, 1), timeZone) > part.fromMs;

/** The days of which the chunk has a part. */
const daysOf = ({ scope }: Work, chunk: StoredChunk): Day[] =>
  daysBetween(scope.fromDay, scope.toDay).filter((day) => overlaps(scope, day, chunk));

/** The results of those days of which every chunk is done. */
function resultsOf(work: Work, { days, tally }: { days: Day[]; tally: Tally }): DayResult[] {
  return days.flatMap((day) => {
    const parts = work.chunks.filter((chunk) => overlaps(work.scope, day, chunk));
    if (parts.some((part) => !part.done)) return [];
    const asOfMs = Math.min(...parts.map((part) => part.asOfMs ?? work.read.asOfMs));
    const context = { asOfMs, atLeast: parts.some((part) => part.atLeast), ...work.engine.known };
    return [dayResult(day, tally.get(dayNumber(day)), context)];
  });
}

function tallyOf(work: Work): Tally {
  const sum: Tally = new Map();
  for (const chunk of work.chunks) addTally(sum, chunk.tally);
  return sum;
}

/** Confirms what was seen on one side only, then stores all days and ends the scan in one transaction. */
async function finish(work: Work): Promise<void> {
  const { ctx, scan, scope, columns, read, engine, limits, chunks } = work;
  const tally = tallyOf(work);
  const verdictsOf = async (at: number) =>
    (await ctx.db.query(selectChunkVerdicts, { scanId: scan.id, seq: at }))[0]?.verdicts ?? Buffer.alloc(0);
  const range = { firstDay: dayNumber(scope.fromDay), lastDay: dayNumber(scope.toDay) - 1 };
  const { cost } = await confirm(engine, { columns, scope: read, chunks, verdictsOf, ...range }, tally, limits);
  const session = new DetectionSession(engine, limits);
  await engine.clickhouse.again(
    () => resolveNames(session, { columns, into: engine.known, ...read }, hashesIn(tally)),
    limits.signal,
  );
  addCost(cost, session.cost);
  limits.signal?.throwIfAborted();
  const { id: scanId, customerId, cause } = scan;
  const days = resultsOf(work, { days: daysBetween(scope.fromDay, scope.toDay), tally });
  await ctx.db.transaction(async (tx) => {
    await tx.query(addScanCost, { scanId, asOf: new Date(ctx.clock.now()), runs: 1, ...cost });
    await tx.query(markEnded, { id: scanId, status: 'succeeded', failure: null, atLeast: false });
    await tx.query(emptyChunks, { scanId });
    await recordDays(tx, { scanId, customerId, cause, days, atMs: ctx.clock.now() });
    await tx.query(dropProgress, { customerId });
    await tellScanned(tx, customerId);
  });
}
