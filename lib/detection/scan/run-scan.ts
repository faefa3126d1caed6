import { patienceOf } from '@/lib/clickhouse/patience';
import type { Context } from '@/lib/context';
import { AppError } from '@/lib/errors';
import { instruments } from '@/lib/metrics/instruments';
import { patiently } from '@/lib/patience';
import { stopOnceAsked } from '@/lib/poll';
import { workThrough } from './scan-work';
import { markEnded, markRunning, selectCancelRequested } from './sql/scans';
import { tellFailedScan } from './tell-scan';

const lookForCancelMs = 500;
const passingMs = 10 * 60_000;
const deniedMs = 60_000;

class Cancelled extends Error {
  override readonly name = 'Cancelled';
}

/**
 * Runs a scan to its end, from where another process may have left it: finished chunks are not read again. Each chunk is
 * stored when it is read, so this process may end at any moment. When `signal` aborts, the scan stays as it is and the
 * call throws the signal's reason. Any other failure ends the scan, with a sentence.
 */
export async function runScan(ctx: Context, scanId: string, signal: AbortSignal): Promise<void> {
  const [scan] = await ctx.db.query(markRunning, { id: scanId, asOf: new Date(ctx.clock.now()) });
  if (!scan) return;
  const over = instruments.scanSeconds.startTimer({ cause: scan.cause });
  const end = (status: 'cancelled' | 'failed', failure: string | null) => {
    over({ outcome: status });
    return ctx.db.transaction(async (tx) => {
      const [ended] = await tx.query(markEnded, { id: scanId, status, failure, atLeast: false });
      if (ended && failure !== null) await tellFailedScan(tx, scan.customerId, failure);
    });
  };
  const stop = new AbortController();
  const cancelled = async () => {
    const [state] = await ctx.db.query(selectCancelRequested, { id: scanId });
    return state?.requested ? new Cancelled() : null;
  };
  const watching = stopOnceAsked(lookForCancelMs, cancelled, { stop, signal });
  const both = AbortSignal.any([signal, stop.signal]);
  try {
    if (scan.cancelRequested) throw new Cancelled();
    await patiently(patience(ctx, scanId), () => workThrough(ctx, scanId, both), both);
    over({ outcome: 'succeeded' });
  } catch (error) {
    if (stop.signal.aborted) await end('cancelled', null);
    else if (error instanceof Cancelled) await end('cancelled', null);
    else if (signal.aborted) throw signal.reason;
    else if (error instanceof AppError) await end('failed', error.message);
    else {
      ctx.log.error({ err: error, scanId }, 'a scan failed');
      await end('failed', 'Something unexpected happened; the log has the reason under this scan’s id.');
    }
  } finally {
    stop.abort(new Error('the scan has ended'));
    await watching;
  }
}

const patience = ({ log }: Context, scanId: string) =>
  patienceOf(passingMs, deniedMs, (error) => log.warn({ err: error, scanId }, 'a scan goes on from its last chunk'));
