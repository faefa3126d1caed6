import type { Context } from '@/lib/context';
import { addDays, type Day } from '@/lib/days';
import { requestScanFor } from '@/lib/detection/scan/request-scan';
import { messageOf } from '@/lib/errors';
import { selectStop } from '@/lib/holds/sql/stops';
import { atIntervals } from '@/lib/poll';
import { storedJson } from '@/lib/text';
import { endMutes } from './end-mutes';
import { relookFoundOf } from './history/model';
import { lockHistory } from './history/sql/looks';
import { markRelooksRequested, selectDueRelooks, selectEndedRelooks, settleEndedRelooks } from './sql/relooks';

const lookEveryMs = 15_000;
/** Days of one transaction, since it holds up all that writes the history. */
const daysMost = 50;
/** Transactions of one round. */
const roundsMost = 20;
/** Days that one scan looks at again, at most. */
const scanDaysMost = 31;
/** After so long a relook whose scan ended without a result is asked for again. */
const againMs = 10 * 60_000;

/**
 * Asks for the looks after repairs that are due, and ends mutes that are over, until `signal` aborts. Several workers may
 * do this, and one of them asks. A failure is logged, and the next round tries again.
 */
export async function workRelooks(ctx: Context, signal: AbortSignal): Promise<void> {
  const work = async () => {
    await endMutes(ctx).catch((error) => ctx.log.warn({ reason: messageOf(error) }, 'mutes could not be ended'));
    await requestRelooks(ctx);
  };
  await atIntervals(lookEveryMs, signal, work, (error) =>
    ctx.log.warn({ reason: messageOf(error) }, 'repaired days could not be looked at again'),
  );
}

/**
 * Asks for scans of exactly the days whose relook is due, neighbouring days of a customer together. A scan and what is
 * kept of it are one transaction, which has few scans. Returns the ids of the scans; none while everything is stopped.
 */
export async function requestRelooks(ctx: Pick<Context, 'db' | 'queue' | 'clock'>): Promise<string[]> {
  const all: string[] = [];
  for (let round = 0; round < roundsMost; round++) {
    const scanIds = await requestSome(ctx);
    if (scanIds.length === 0) break;
    all.push(...scanIds);
  }
  return all;
}

async function requestSome(ctx: Pick<Context, 'db' | 'queue' | 'clock'>): Promise<string[]> {
  const now = new Date(ctx.clock.now());
  return ctx.db.transaction(async (tx) => {
    if ((await tx.query(selectStop))[0]) return [];
    await tx.query(lockHistory);
    const ended = (await tx.query(selectEndedRelooks, { now })).map(({ seen, ...day }) => ({
      ...day,
      found: relookFoundOf(seen),
    }));
    if (ended.length > 0) await tx.query(settleEndedRelooks, { now, ended: storedJson(ended) });
    const due = await tx.query(selectDueRelooks, { now, againMs, rowsMax: daysMost });
    const scanIds: string[] = [];
    for (const range of rangesOf(due)) {
      const asked = { ...range, cause: 'after repair' as const, requestedBy: 'relook' };
      const { scanId } = await requestScanFor(ctx, asked, tx);
      await tx.query(markRelooksRequested, { ...range, scanId, now });
      scanIds.push(scanId);
    }
    return scanIds;
  });
}

type Range = { customerId: string; fromDay: Day; toDay: Day };

/** Days in order of customer and day as ranges without other days. */
function rangesOf(days: readonly { customerId: string; day: Day }[]): Range[] {
  const ranges: (Range & { days: number })[] = [];
  for (const { customerId, day } of days) {
    const last = ranges.at(-1);
    if (last?.customerId === customerId && last.toDay === day && last.days < scanDaysMost) {
      last.toDay = addDays(day, 1);
      last.days += 1;
    } else ranges.push({ customerId, fromDay: day, toDay: addDays(day, 1), days: 1 });
  }
  return ranges.map(({ customerId, fromDay, toDay }) => ({ customerId, fromDay, toDay }));
}
