import type { Context } from '@/lib/context';
import { AppError, messageOf } from '@/lib/errors';
import { selectStop } from '@/lib/holds/sql/stops';
import { backupIdOf, noRows, sameDigest } from '@/lib/label-store/model';
import { atIntervals } from '@/lib/poll';
import { storedJson } from '@/lib/text';
import { type ComparedUnit, contentsNow, differencesNow, labelsNow, summariseUnit } from './compare-unit';
import type { Difference, DifferenceSummary } from './model';
import { claimDue, endSet, endWornOut, insertDifferences, putBackDue } from './sql/sets';

const everyMs = 2_000;
const triesMost = 5;
/** All of one comparison, and how long of that parts are begun. */
const lastsMs = { most: 25 * 60_000, parts: 15 * 60_000 };
/** A set whose worker died is taken again after so long, in which a comparison that still runs has ended. */
const againSeconds = 30 * 60;
/** After a failure, and after one that passes, which costs no try. */
const waitsSeconds = { failed: 120, passing: 600 };
/** What is kept of a unit in all, and the conversations that are read at a time. */
const keeps = { bytesMost: 32_000_000, partRows: 1_000 };

type Keeps = Pick<Context, 'db' | 'clickhouse' | 'config' | 'clock' | 'log'>;

/**
 * Compares what verified units changed and keeps it, beside the repair and after it: a repair neither waits for this nor
 * fails by it. Returns when `signal` aborts.
 */
export async function workDifferences(ctx: Context, signal: AbortSignal): Promise<void> {
  const work = async () => {
    while (!signal.aborted && (await keepNext(ctx, signal)));
  };
  await atIntervals(everyMs, signal, work, (error) => ctx.log.warn({ err: error }, 'differences were not compared'));
}

/**
 * Compares one unit that is due and keeps at most the configured number of conversations, in one transaction: a worker
 * that is killed before its end has written nothing. False where none is due, or while everything is stopped. What no
 * worker survived so many times is not kept.
 */
export async function keepNext(ctx: Keeps, signal?: AbortSignal, bounds = keeps): Promise<boolean> {
  if (await isStopped(ctx)) return false;
  const worn = await ctx.db.query(endWornOut, {
    againSeconds,
    triesMost,
    sentence: `No worker came to the end of comparing it in ${triesMost} tries.`,
    comparedAt: new Date(ctx.clock.now()),
  });
  for (const itemId of worn) ctx.log.warn({ itemId }, 'what a unit changed is not kept: its workers did not survive');
  const [due] = await ctx.db.query(claimDue, { againSeconds, triesMost });
  if (!due) return false;
  const { itemId, unit, scope, runId, backupAttempt, rowsBefore } = due;
  const backupId = backupAttempt === null ? null : backupIdOf({ runId, unit, attempt: backupAttempt });
  const overdue = AbortSignal.timeout(lastsMs.most);
  try {
    const within = { signal: signal ? AbortSignal.any([signal, overdue]) : overdue };
    const bounded = { ...ctx, clickhouse: ctx.clickhouse.within(within) };
    const before = await labelsNow(bounded, scope);
    const { summary, ...kept } = await compare(bounded, { unit, scope, backupId, rowsBefore }, bounds);
    const after = await labelsNow(bounded, scope);
    const asCounted = [before, after].every((digest) => sameDigest(digest, due.counted));
    await save(ctx, itemId, { ...kept, summary: { ...summary, asCounted } });
  } catch (error) {
    const putBack = (passes: boolean, waitSeconds: number) =>
      ctx.db.query(putBackDue, { itemId, tries: due.tries, passes, waitSeconds, againSeconds });
    if (signal?.aborted) {
      await putBack(true, 0).catch((failed) => ctx.log.warn({ err: failed }, 'a comparison was not given back'));
      throw error;
    }
    ctx.log.warn({ err: error, run: runId, unit, tries: due.tries }, 'what a unit changed could not be kept');
    const code = error instanceof AppError && !overdue.aborted ? error.code : null;
    if (code === 'unavailable') await putBack(true, waitsSeconds.passing);
    else if (code === 'limit' || code === 'conflict' || due.tries >= triesMost) await giveUp(ctx, itemId, error);
    else await putBack(false, waitsSeconds.failed);
  }
  return true;
}

const isStopped = async ({ db }: Keeps): Promise<boolean> => Boolean((await db.query(selectStop))[0]);

/** `parts` are JSON arrays of rows as they are inserted; `sentence` says which bound ended them. */
type Kept = { parts: string[]; sentence: string | null };
type Compared = Kept & { summary: Omit<DifferenceSummary, 'asCounted'> };

async function compare(ctx: Keeps, unit: ComparedUnit, bounds: typeof keeps): Promise<Compared> {
  const beganMs = ctx.clock.now();
  const counts = await summariseUnit(ctx, unit);
  const rowsMost = Math.min(counts.changed, ctx.config.backfill.differencesMost);
  const { kept, ...parts } = await readParts(ctx, unit, { ...bounds, rowsMost, untilMs: beganMs + lastsMs.parts });
  const content = (await contentsNow(ctx, unit.scope, [unit])).get(unit.unit) ?? noRows;
  return { ...parts, summary: { ...counts, kept, content } };
}

/** A part at a time, since label rows may be of any length. Throws AppError('unavailable') once everything is stopped. */
async function readParts(
  ctx: Keeps,
  unit: ComparedUnit,
  { bytesMost, partRows, rowsMost, untilMs }: typeof keeps & { rowsMost: number; untilMs: number },
): Promise<Kept & { kept: number }> {
  const parts: string[] = [];
  const ended = (sentence: string | null) => ({ parts, kept, sentence });
  let kept = 0;
  let bytes = 0;
  for (let last: Difference | undefined; kept < rowsMost; ) {
    if (await isStopped(ctx)) throw new AppError('unavailable', 'Everything is stopped.');
    if (ctx.clock.now() > untilMs) return ended(`More could not be read in ${lastsMs.parts / 60_000} minutes.`);
    const after = last && { afterMs: last.startAtMs, afterId: last.conversationId };
    const rowsMax = Math.min(partRows, rowsMost - kept);
    const { rows } = await differencesNow(ctx, unit, { filter: everything, after, rowsMax, timeoutSeconds: 300 });
    const texts: string[] = [];
    for (const row of rows) {
      const text = storedJson({ ...row, ...namesIn(row), seq: kept + texts.length });
      bytes += Buffer.byteLength(text);
      if (bytes > bytesMost) break;
      texts.push(text);
    }
    parts.push(`[${texts.join(',')}]`);
    kept += texts.length;
    if (texts.length < rows.length)
      return ended(`At most ${bytesMost / 1_000_000} MB of label rows are kept of a unit.`);
    if (rows.length < rowsMax) break;
    last = rows.at(-1);
  }
  return ended(null);
}

const everything = { fromMs: null, toMs: null };

async function save(
  ctx: Keeps,
  itemId: string,
  { summary, parts, sentence }: Kept & { summary: DifferenceSummary },
): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const set = { itemId, state: 'kept' as const, summary: storedJson(summary), sentence };
    const [ended] = await tx.query(endSet, { ...set, comparedAt: new Date(ctx.clock.now()) });
    if (!ended) return;
    for (const rows of parts) await tx.query(insertDifferences, { itemId, rows });
  });
}

const namesIn = ({ olds, news }: Difference) => ({
  agents: [...new Set([...olds, ...news].map(({ agent }) => agent))],
  useCases: [...new Set([...olds, ...news].map(({ useCase }) => useCase))],
});

async function giveUp(ctx: Keeps, itemId: string, error: unknown): Promise<void> {
  const why = error instanceof AppError ? error.message : 'The log of the worker has the reason.';
  ctx.log.warn({ itemId, reason: messageOf(error) }, 'what a unit changed is not kept');
  await ctx.db.query(endSet, {
    itemId,
    state: 'not kept',
    summary: null,
    sentence: why,
    comparedAt: new Date(ctx.clock.now()),
  });
}
