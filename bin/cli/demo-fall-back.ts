import { startBackfill } from '@/lib/backfill/control/start-backfill';
import { planBackfill } from '@/lib/backfill/plan/plan-backfill';
import { listRuns } from '@/lib/backfill/view/list-runs';
import { addCustomer } from '@/lib/customers/add-customer';
import { listCustomers } from '@/lib/customers/list-customers';
import { addDays, dayOf } from '@/lib/days';
import type { DayResult } from '@/lib/detection/model';
import { requestScan } from '@/lib/detection/scan/request-scan';
import { listDays } from '@/lib/detection/view/list-days';
import { fallBackCustomer, keepEnd, labelAsBefore, seedFallBack } from '@/lib/embedded/demo/fall-back';
import { AppError } from '@/lib/errors';
import { every, poll } from '@/lib/poll';
import { waitForRun } from './runs';
import { waitForScan } from './scan';
import { bounded, type Session } from './session';

type Engines = Parameters<typeof seedFallBack>[0];

const customerId = fallBackCustomer.id;
const reason = 'the demo: a day that is repaired, and falls back';
const lookedAgainWithinMs = 120_000;

/**
 * Plays the story of a finding that fell back: a customer's day is wrong, a run repairs it, the old labels are written
 * again, and a scan sees it. What an interrupted call did already is not done again. Returns the day, or null if the
 * story has ended already. Throws AppError('refused') if the run needs a person.
 */
export async function playFallBack(session: Session, engines: Engines): Promise<string | null> {
  const { ctx, actor } = session;
  const { isOver } = await seedFallBack(engines);
  if (isOver) return null;
  const { config, db } = ctx;
  const known = await listCustomers({ db });
  if (!known.some(({ id }) => id === customerId))
    await addCustomer({ config, db, clickhouse: engines.clickhouse }, fallBackCustomer, actor);
  const day = await repairedDay(session);
  if ((await counted(session, day)).affected === 0) await labelAsBefore({ ...engines, nowMs: ctx.clock.now() }, day);
  await scan(session, day);
  await keepEnd(engines);
  return day;
}

/** The wrong day, once a run has repaired it and a scan has seen that. */
async function repairedDay(session: Session): Promise<string> {
  const { ctx, signal } = session;
  const [before] = await listRuns(ctx, { customerId });
  const runId = before?.id ?? (await startRun(session));
  const run = await waitForRun(session, runId);
  if (run.status !== 'verified')
    throw new AppError('refused', `The run of ${customerId} is "${run.status}". ${run.next}`);
  const { fromDay, endedAtMs } = run;
  const looked = await poll({ ...every(500), withinMs: lookedAgainWithinMs, signal }, async () => {
    const result = await counted(session, fromDay);
    return result.asOfMs > (endedAtMs ?? 0) ? result : null;
  });
  if (!looked) await scan(session, fromDay);
  return fromDay;
}

async function startRun(session: Session): Promise<string> {
  const { ctx, actor } = session;
  const today = dayOf(ctx.clock.now(), fallBackCustomer.timeZone);
  const days = await scan(session, addDays(today, -14), today);
  const wrong = days.find(({ affected }) => affected > 0);
  if (!wrong) throw new AppError('conflict', `No day of ${customerId} is wrong, so nothing can fall back.`);
  const request = { customerId, fromDay: wrong.day, toDay: addDays(wrong.day, 1) };
  const plan = await planBackfill(bounded(session), request);
  const confirmed = plan.checks.filter(({ verdict }) => verdict === 'unknown').map(({ id }) => id);
  const { strategy, hash: planHash } = plan;
  return (await startBackfill(ctx, { ...request, strategy, planHash, reason, confirmed }, actor)).runId;
}

async function scan(session: Session, fromDay: string, toDay = addDays(fromDay, 1)): Promise<DayResult[]> {
  const request = { customerId, fromDay, toDay };
  const { scanId } = await requestScan(session.ctx, request, session.actor);
  await waitForScan(session, scanId);
  return listDays(session.ctx, request);
}

/** The day as it was last counted. */
async function counted({ ctx }: Session, day: string): Promise<DayResult> {
  const [result] = await listDays(ctx, { customerId, fromDay: day, toDay: addDays(day, 1) });
  if (!result) throw new AppError('not_found', `${day} of ${customerId} was not counted.`);
  return result;
}
