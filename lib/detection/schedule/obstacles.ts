import type { Context } from '@/lib/context';
import type { Db } from '@/lib/postgres/client';
import { count, formatNumber } from '@/lib/words';
import { busyPauseMs, hourOf, nextHourOf, type Obstacle } from './model';
import { markBusy, type Pressure, selectPressure } from './sql/states';

/** What the decision asks of Postgres before anything of ClickHouse. */
export async function readPressure(db: Pick<Db, 'query'>, nowMs: number): Promise<Pressure> {
  const [pressure] = await db.query(selectPressure, { hour: new Date(hourOf(nowMs)) });
  if (!pressure) throw new Error('schedule_state has no row');
  return pressure;
}

/** Why nothing may be scheduled now; null where it may. `budgetMs` is that of an hour. */
export function obstacleOf(
  pressure: Pressure,
  { nowMs, budgetMs }: { nowMs: number; budgetMs: number },
): Obstacle | null {
  const { stop, asked, spentMs, busy, busyUntilMs } = pressure;
  if (stop) return { kind: 'stopped', sentence: `${stop.by} stopped everything: ${stop.reason}`, untilMs: null };
  if (asked > 0)
    return {
      kind: 'person first',
      sentence: `${count(asked, 'scan that a person or a repair asked for waits', 'scans that people or repairs asked for wait')} for a worker, and ${asked === 1 ? 'it comes' : 'they come'} first.`,
      untilMs: null,
    };
  if (spentMs >= budgetMs)
    return {
      kind: 'budget',
      sentence: `The budget of this hour is spent: ${seconds(spentMs)} of ${seconds(budgetMs)} engine seconds.`,
      untilMs: nextHourOf(nowMs),
    };
  if (busy !== null && busyUntilMs !== null && busyUntilMs > nowMs)
    return { kind: 'busy', sentence: busy, untilMs: busyUntilMs };
  return null;
}

const seconds = (ms: number) => formatNumber(Math.round(ms / 1_000));

/** Notes in which way the cluster was found: with a sentence it is not read for a while, longer each time. */
export async function noteCluster(
  { db, clock }: Pick<Context, 'db' | 'clock'>,
  pressure: Pressure,
  sentence: string | null,
): Promise<void> {
  if (sentence === null && pressure.busy === null) return;
  const nowMs = clock.now();
  const looks = sentence === null ? 0 : pressure.busyLooks + 1;
  const until = sentence === null ? null : new Date(nowMs + busyPauseMs(looks));
  await db.query(markBusy, { busy: sentence, until, looks, at: new Date(nowMs) });
}
