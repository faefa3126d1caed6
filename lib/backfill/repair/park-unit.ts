import type { Context } from '@/lib/context';
import { keptTables } from '@/lib/customers/kept-tables';
import { unitInWords } from '@/lib/customers/unit-words-model';
import { AppError } from '@/lib/errors';
import { lookAtCluster } from '@/lib/holds/look-at-cluster';
import { type HoldLook, holdSentence, type Pause } from '@/lib/holds/model';
import { storedJson } from '@/lib/text';
import { next } from '../state/machine';
import { isWorking, stepTitles } from '../state/name-model';
import { updateItem, type WorkRow } from '../state/sql/items';
import { insertEvent, lockRun, updatePause } from '../state/sql/runs';
import { states } from '../state/states';
import { mayBeHeldBack, mayPark, stopHere } from '../state/stops';
import { LostUnit } from './advance';
import { pauseOf, pauseSentence } from './pause-run';
import { settleRun } from './settle-run';

/**
 * What the unit waits for at this boundary; null where it goes on, and anywhere between a delete and its relabel. A unit
 * that is to be cancelled here does not wait.
 */
export async function whatHoldsBack(ctx: Context, row: WorkRow): Promise<Pause | null> {
  if (!mayPark(row) || stopHere(row, row.cancelAfter) !== null) return null;
  const pause = pauseOf({ ...row, status: row.runStatus });
  if (pause || !mayBeHeldBack(row)) return pause;
  const reason = await holdOf(ctx, row.runScope);
  return reason ? { cause: 'hold', by: 'worker', reason, atMs: ctx.clock.now() } : null;
}

/** Why work on a customer's labels is held, with the numbers; null where it may go on, or where nothing can be read. */
export async function holdOf(ctx: Context, customer: { database: string }): Promise<string | null> {
  const look = await lookAtHolds(ctx, customer);
  return look && holdSentence(look);
}

/** The numbers that work on a customer's labels waits for; null where its tables cannot be read. */
export async function lookAtHolds(ctx: Context, customer: { database: string }): Promise<HoldLook | null> {
  try {
    return await lookAtCluster(ctx, await keptTables(ctx, customer));
  } catch (error) {
    // NOTE: the steps themselves say what is wrong with tables or engine, and wait for what passes.
    if (!(error instanceof AppError)) throw error;
    ctx.log.warn({ err: error, database: customer.database }, 'the holds of a cluster could not be read');
    return null;
  }
}

/**
 * Puts the unit aside while its run is paused: no worker has it, and its queue job is done. The end of the pause sends
 * it again. False where the pause ended meanwhile. Throws LostUnit.
 */
export async function parkUnit(ctx: Pick<Context, 'db'>, row: WorkRow, seen: Pause): Promise<boolean> {
  return ctx.db.transaction(async (tx) => {
    const [run] = await tx.query(lockRun, { runId: row.runId });
    if (!run) throw new LostUnit();
    const pause = pauseOf(run) ?? (seen.cause === 'hold' ? seen : null);
    if (!pause || stopHere(row, run.cancelAfter) !== null) return false;
    if (pause === seen) await tx.query(updatePause, { runId: row.runId, pause: JSON.stringify(seen) });
    const state = next(row.state, { kind: 'park' });
    if (!state) throw new Error(`a unit that is "${row.state.status}" cannot wait`);
    const [version] = await tx.query(updateItem, {
      itemId: row.itemId,
      version: row.version,
      claim: row.claim,
      state: storedJson(state),
      evidence: '{}',
      marks: [],
      newClaim: null,
      gapFromMs: null,
    });
    if (version === undefined) throw new LostUnit();
    await tx.query(insertEvent, {
      runId: row.runId,
      itemId: row.itemId,
      kind: 'paused',
      text: `${unitInWords(row.unit)} waits ${boundaryOf(row)}. ${pauseSentence(pause)}`,
      numbers: '{}',
    });
    await settleRun(tx, row.runId);
    return true;
  });
}

const boundaryOf = ({ state: { status } }: WorkRow): string =>
  isWorking(status) ? `before “${stepTitles[states[status].step]}”` : 'for its turn';
