import type { Context } from '@/lib/context';
import { messageOf } from '@/lib/errors';
import { launchersHaveAccounts } from '@/lib/jobs/create-launcher';
import { overdueCustomers } from '@/lib/notifications/conditions/work-conditions';
import { agree, count, formatNumber } from '@/lib/words';
import { isAlive } from '@/lib/workers/alive';
import { selectWorkers, silentMaxSeconds } from '@/lib/workers/sql';
import { type HealthPart, type HealthReport, noScans } from './model';
import { launcherAsWorkersSee } from './read-launcher';
import { countQueueJobs, queueExists, selectLastScans } from './sql';

/** How many customers a sentence names. */
const namedMost = 10;

/** What the database says of workers, queues and scans. */
export type State = Pick<HealthReport, 'workers' | 'queues' | 'scans'>;
export const noState: State = { workers: [], queues: [], scans: noScans };

/** Null where the database does not answer, which is logged. */
export async function readState(ctx: Context): Promise<State | null> {
  const { db, log } = ctx;
  try {
    const [workers, last, overdue, [found]] = await Promise.all([
      db.query(selectWorkers),
      db.query(selectLastScans),
      overdueCustomers(ctx),
      db.query(queueExists),
    ]);
    const { customers = 0, failed = 0, never = 0 } = last[0] ?? {};
    const scans = {
      customers,
      failed,
      never,
      overdue: overdue.length,
      longest: overdue.slice(0, namedMost),
      worst: last.map(({ scan }) => scan),
    };
    return { workers, scans, queues: found ? await db.query(countQueueJobs) : [] };
  } catch (error) {
    log.warn({ reason: messageOf(error) }, 'health could not read the console’s database');
    return null;
  }
}

export function workerLauncherPart(ctx: Context, state: State | null): HealthPart[] {
  if (!state) return launchersHaveAccounts(ctx.config) ? [unread('workerLauncher')] : [];
  const told = launcherAsWorkersSee(ctx, state.workers.filter(isAlive));
  return told ? [{ name: 'workerLauncher', ...told }] : [];
}

export function workerPart(state: State | null): HealthPart {
  if (!state) return unread('worker');
  const alive = state.workers.filter(isAlive);
  const [newest] = state.workers;
  const facts = { alive: alive.length, silent: state.workers.length - alive.length };
  if (alive.length > 0) {
    const sentence = `${count(alive.length, 'worker')} ${agree(alive.length, 'has', 'have')} reported within the last ${silentMaxSeconds} seconds.`;
    return { name: 'worker', status: 'ok', sentence, facts };
  }
  const since = newest ? ` The last one reported ${Math.round(newest.silentSeconds)} seconds ago.` : '';
  const sentence = `No worker is running, so scans and repairs wait.${since}`;
  return { name: 'worker', status: 'failed', sentence, facts };
}

export function queuePart(state: State | null): HealthPart {
  if (!state) return unread('queue');
  const jobsIn = (...states: string[]) =>
    state.queues.filter((row) => states.includes(row.state)).reduce((sum, row) => sum + row.jobs, 0);
  const facts = { waiting: jobsIn('created', 'retry'), active: jobsIn('active'), failed: jobsIn('failed') };
  const sentence = `${count(facts.waiting, 'task waits', 'tasks wait')}, and ${formatNumber(facts.active)} ${agree(facts.active, 'is', 'are')} in work.`;
  return { name: 'queue', status: 'ok', sentence, facts };
}

export function scansPart(state: State | null): HealthPart {
  if (!state) return unread('scans');
  const { customers, failed, never, overdue, longest, worst } = state.scans;
  const some = (of: readonly { customerId: string }[], number: number) => {
    const names = of.slice(0, namedMost).map(({ customerId }) => customerId);
    return names.join(', ') + (number > names.length ? ` and ${count(number - names.length, 'other customer')}` : '');
  };
  const named = (status: string | null, number: number) =>
    some(
      worst.filter((scan) => scan.status === status),
      number,
    );
  const faults = [
    failed > 0 ? `The last scan failed for ${named('failed', failed)}.` : '',
    never > 0 ? `Never scanned: ${named(null, never)}.` : '',
    overdue > 0 ? `Not looked at for more than two periods: ${some(longest, overdue)}.` : '',
  ].filter((each) => each !== '');
  return {
    name: 'scans',
    status: faults.length > 0 ? 'warning' : 'ok',
    sentence:
      faults.join(' ') ||
      (customers === 0
        ? 'No customer is registered yet.'
        : `The last scan of each of ${count(customers, 'customer')} succeeded or is under way.`),
    facts: { customers, failed, never, overdue },
  };
}

const unread = (name: HealthPart['name']): HealthPart => ({
  name,
  status: 'failed',
  sentence: 'Unknown, because the console’s database does not answer.',
  facts: {},
});
