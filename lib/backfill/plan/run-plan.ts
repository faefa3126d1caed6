import { personWaitsMs } from '@/lib/clickhouse/patience';
import type { Context } from '@/lib/context';
import { failureOf } from '@/lib/edge/failure';
import { stopOnceAsked } from '@/lib/poll';
import { planBackfill } from './plan-backfill';
import type { ReportPlan } from './plan-request-model';
import { planUndo } from './plan-undo';
import { beginPlanRequest, endPlanRequest, savePlanProgress, selectPlanStop } from './sql/plans';

const lookForCancelMs = 500;
const saveEveryMs = 300;
/** NOTE: a browser lets a hidden tab look once a minute. */
const unwatchedSecondsMost = 180;

/**
 * Makes one preview and ends its request: done, failed with a sentence, or cancelled, by a person or because nobody
 * looks at it any more. When `signal` aborts, the request stays as it is and the call throws the signal's reason.
 */
export async function runPlan(ctx: Context, planId: string, signal: AbortSignal): Promise<void> {
  const [request] = await ctx.db.query(beginPlanRequest, { id: planId });
  if (!request) return;
  const stop = new AbortController();
  const why = async () => {
    const [asked] = await ctx.db.query(selectPlanStop, { id: planId, secondsMax: unwatchedSecondsMost });
    return asked ? new Error(asked.why) : null;
  };
  const watching = stopOnceAsked(lookForCancelMs, why, { stop, signal });
  const bounds = { signal: AbortSignal.any([signal, stop.signal]), patienceMs: personWaitsMs };
  const bounded = { ...ctx, clickhouse: ctx.clickhouse.within(bounds) };
  const report = reporter(ctx, planId);
  try {
    const plan =
      request.kind === 'undo' ? await planUndo(bounded, request, report) : await planBackfill(bounded, request, report);
    bounds.signal.throwIfAborted();
    await ctx.db.query(endPlanRequest, { id: planId, status: 'done', planHash: plan.hash, failure: null });
  } catch (error) {
    if (stop.signal.aborted)
      await ctx.db.query(endPlanRequest, { id: planId, status: 'cancelled', planHash: null, failure: null });
    else if (signal.aborted) throw signal.reason;
    else {
      const failure = failureOf(error, { log: ctx.log, name: 'backfill.plan', requestId: planId });
      await ctx.db.query(endPlanRequest, {
        id: planId,
        status: 'failed',
        planHash: null,
        failure: JSON.stringify(failure),
      });
    }
  } finally {
    stop.abort(new Error('the preview has ended'));
    await watching;
  }
}

/** Writes down how far the preview is, a few times a second at most. Nothing waits for it. */
function reporter(ctx: Context, planId: string): ReportPlan {
  let savedAt = 0;
  let step = '';
  return (now, done, total) => {
    if (now === step && performance.now() - savedAt < saveEveryMs) return;
    savedAt = performance.now();
    step = now;
    ctx.db
      .query(savePlanProgress, { id: planId, step: now, done, total })
      .catch((error) => ctx.log.debug({ err: error }, 'how far a preview is was not written'));
  };
}
