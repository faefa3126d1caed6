import type { Context } from '@/lib/context';
import { workUnlessStopped } from '@/lib/holds/work-unless-stopped';
import { resendLost } from '@/lib/postgres/lost-jobs';
import { customersAtOnce } from '../model';
import { askedFrom, personFrom, ScanJob, scanQueue, scanQueueName, sendScan } from './queue';
import { runScan } from './run-scan';
import { selectScansWithoutJob } from './sql/requests';
import { markEnded } from './sql/scans';
import { tellFailedScan } from './tell-scan';

/** A scan that the queue gave up ends, so that it is not tried for ever. */
export const resendLostScans = resendLost(selectScansWithoutJob, async (boss, tx, scan) => {
  if (!scan.isGivenUp) return sendScan(boss, tx, scan);
  const [ended] = await tx.query(markEnded, { id: scan.id, status: 'failed', failure: givenUp, atLeast: false });
  if (ended) await tellFailedScan(tx, scan.customerId, givenUp);
  return false;
});

const givenUp = 'The queue gave it up: none of its tries came to an end.';

/**
 * Each worker has a place for every regular scan that may run at a time, of which no more run over all workers, and two
 * that are kept: one for scans of people and after repairs, one only for people. So nobody waits behind the schedule, nor
 * a person behind the scans of a campaign.
 */
function placesOf({ scanConcurrent }: Context['config']['detection']) {
  const atOnce = customersAtOnce(scanConcurrent);
  const places = [
    ...Array.from({ length: atOnce }, () => ({})),
    { minPriority: askedFrom },
    { minPriority: personFrom },
  ];
  return places.map((place) => ({ ...place, groupConcurrency: atOnce }));
}

/**
 * Runs scans from the queue, each within a second of its request, until `signal` aborts. A scan that runs then goes back
 * to the queue, and another worker resumes it. Returns as soon as the worker is registered.
 */
export async function workScans(ctx: Context, signal: AbortSignal): Promise<void> {
  const queue = { boss: await scanQueue(ctx), name: scanQueueName, db: ctx.db, log: ctx.log, signal };
  const pace = { places: placesOf(ctx.config.detection), resendLost: resendLostScans };
  await workUnlessStopped(ctx, queue, pace, (data, until) => runScan(ctx, ScanJob.parse(data).scanId, until));
}
