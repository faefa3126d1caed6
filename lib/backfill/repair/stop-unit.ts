import type { Context } from '@/lib/context';
import { readTables } from '@/lib/customers/read-tables';
import { unitInProse } from '@/lib/customers/unit-words-model';
import { AppError, messageOf } from '@/lib/errors';
import { type Stop, stopAsPause } from '@/lib/holds/model';
import type { JobKind } from '@/lib/jobs/model';
import { countLabelRows } from '@/lib/label-store/count-label-rows';
import { agree, count, formatNumber } from '@/lib/words';
import { isWorking, type WorkStatus } from '../state/name-model';
import type { WorkRow } from '../state/sql/items';
import { labelsAre, states } from '../state/states';
import { mayPark } from '../state/stops';
import { strategies } from '../state/strategies';
import { labelsIn, leavesGap } from '../state/ways';
import { advance } from './advance';
import { parkUnit } from './park-unit';
import { attemptsOf } from './run-job';

/** The Jobs that may run in a state. A delete Job may still end while its mutation is waited for. */
const jobsIn: Partial<Record<WorkStatus, JobKind>> = {
  'backing up': 'backup',
  proving: 'prove',
  deleting: 'delete',
  'waiting for mutation': 'delete',
  relabelling: 'relabel',
  restoring: 'restore',
};
/** How long the end of a Job, and the count of what is left, is waited for. */
const endWithinMs = 30_000;

/**
 * Ends the work on a unit wherever it is, because everything was stopped at once: stops its Job and puts it aside where
 * its labels are untouched. Otherwise it needs attention, with what is left of its labels. False where the stop was
 * lifted meanwhile. Throws LostUnit.
 */
export async function stopUnit(ctx: Context, row: WorkRow, stop: Stop): Promise<boolean> {
  const failure = await stopJobs(ctx, row);
  const { status } = row.state;
  if (!isWorking(status) || (failure === '' && mayPark(row))) return parkUnit(ctx, row, stopAsPause(stop));
  const labels = labelsIn(row.state, status, 'stopped');
  const day = unitInProse(row.unit);
  const { now } = strategies[row.state.strategy];
  const left = await rowsLeft(ctx, row);
  const words = [
    `${stop.by} stopped everything at once, during “${states[status].doing.replace(/\.$/, '')}”.`,
    (now[labels] ?? labelsAre[labels].now)(day),
    left,
    status === 'deleting' || status === 'waiting for mutation'
      ? 'A delete that was submitted goes on in ClickHouse.'
      : '',
    failure,
  ];
  const sentence = words.filter((one) => one !== '').join(' ');
  await advance(ctx, row, { event: { kind: 'stop now', sentence, labels }, sentence });
  return true;
}

/** Stops the Jobs of the unit's present step. Returns a sentence where one may still run. */
async function stopJobs(ctx: Context, row: WorkRow): Promise<string> {
  const { status } = row.state;
  const kind = isWorking(status) ? jobsIn[status] : undefined;
  if (!kind) return '';
  try {
    const launcher = await ctx.launcher();
    const names = attemptsOf(row, kind, row.state.attempt);
    const running = (await launcher.inspect(names)).filter(({ state }) => state === 'running' || state === 'pending');
    await within(Promise.all(running.map(({ name }) => launcher.stop(name))));
    return '';
  } catch (error) {
    ctx.log.warn({ err: error, unit: row.unit }, 'a Job could not be stopped');
    return `Its Job could not be stopped and may still run: ${messageOf(error)}`;
  }
}

/** How many label rows are there; '' where none can be missing or they cannot be counted. */
async function rowsLeft(ctx: Context, row: WorkRow): Promise<string> {
  if (!leavesGap(row.state)) return '';
  try {
    const left = await within(
      readTables(ctx, row.scope).then((tables) => countLabelRows(ctx, { scope: row.scope, tables })),
    );
    const { labelRows } = row.plan;
    return `${formatNumber(left)} of ${count(labelRows, 'label row')} ${agree(left, 'is', 'are')} there now.`;
  } catch (error) {
    ctx.log.warn({ err: error, unit: row.unit }, 'what is left of the labels could not be counted');
    return '';
  }
}

function within<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new AppError('unavailable', 'It did not answer in time.')), endWithinMs);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
