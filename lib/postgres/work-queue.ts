import type { PgBoss } from 'pg-boss';
import type { Log } from '@/lib/log';
import { atIntervals, whenWoken } from '@/lib/poll';
import type { Postgres } from './client';
import type { Resend } from './lost-jobs';
import { isPolled } from './queue';

/**
 * How often a process looks for jobs of all its queues, with one statement. A new job is announced by NOTIFY, where there
 * is no pooler; one that was given back is not.
 */
const lookMs = { busy: 500, idle: 2_000 };
/** How often each place looks by itself, in case that look fails for long. */
const ownSeconds = 60;

/** How often each worker looks whether a queue has lost jobs. */
const lostEveryMs = 60_000;

/** `groupConcurrency`: how many jobs of one group may run at a time, over all workers. */
type QueuePlace = { minPriority?: number; groupConcurrency?: number };

/**
 * Hands the queue's jobs to `work`, one at a time for each place, until `signal` aborts. `until` aborts then, and when
 * pg-boss takes the job away: the job goes back, and another worker takes it. A job that the queue lost is sent again within
 * a minute, by `resendLost`. Returns when the worker is registered.
 */
export async function workQueue(
  { boss, name, db, log, signal }: { boss: PgBoss; name: string; db: Postgres; log: Log; signal: AbortSignal },
  { places, resendLost }: { places: readonly QueuePlace[]; resendLost: Resend },
  work: (data: unknown, until: AbortSignal) => Promise<void>,
): Promise<void> {
  const stop = () => {
    boss.offWork(name, { wait: false }).catch((error) => log.warn({ err: error }, 'the queue worker did not stop'));
  };
  signal.addEventListener('abort', stop, { once: true });
  const pace = {
    pollingIntervalSeconds: ownSeconds,
    notifyPollingIntervalSeconds: ownSeconds,
    heartbeatRefreshSeconds: 2,
  };
  const wakes: (() => void)[] = [];
  for (const place of places) {
    let wake = () => {};
    const id = await boss.work(name, { ...pace, ...place }, async (jobs) => {
      // The place looks for its next job as soon as this one has ended.
      wake();
      for (const job of jobs) await work(job.data, AbortSignal.any([signal, job.signal]));
    });
    wake = () => boss.notifyWorker(id);
    wakes.push(wake);
  }
  watch({ boss, name, log, signal }, () => {
    for (const wake of wakes) wake();
  });
  const lookForLost = async () => {
    const jobs = await resendLost({ boss, db, name });
    if (jobs > 0) log.warn({ queue: name, jobs }, 'jobs that the queue had lost were sent again');
  };
  void atIntervals(lostEveryMs, signal, lookForLost, (error) =>
    log.warn({ err: error, queue: name }, 'it could not be looked for lost jobs'),
  );
}

/** The queues of a process: what wakes the places of each. */
type Watched = { wakes: Map<string, Set<() => void>>; end: AbortController };
const watched = new WeakMap<PgBoss, Watched>();

/** Calls `wake` whenever the queue has a job that can be taken, until `signal` aborts. */
function watch(of: { boss: PgBoss; name: string; log: Log; signal: AbortSignal }, wake: () => void): void {
  if (of.signal.aborted) return;
  const all = watched.get(of.boss) ?? begin(of);
  const own = all.wakes.get(of.name) ?? new Set();
  all.wakes.set(of.name, own.add(wake));
  of.signal.addEventListener(
    'abort',
    () => {
      own.delete(wake);
      if (own.size === 0) all.wakes.delete(of.name);
      if (all.wakes.size > 0) return;
      all.end.abort(new Error('no queue is worked on'));
      if (watched.get(of.boss) === all) watched.delete(of.boss);
    },
    { once: true },
  );
}

function begin({ boss, log }: { boss: PgBoss; log: Log }): Watched {
  const all: Watched = { wakes: new Map(), end: new AbortController() };
  watched.set(boss, all);
  let failing = false;
  const look = async () => {
    try {
      const found = await lookForJobs(boss, [...all.wakes.keys()]);
      failing = false;
      for (const { name } of found) for (const wake of all.wakes.get(name) ?? []) wake();
      return found.length > 0 || isPolled(boss) ? lookMs.busy : lookMs.idle;
    } catch (error) {
      if (!failing) log.warn({ err: error }, 'it could not be looked for jobs');
      failing = true;
      return lookMs.busy;
    }
  };
  void whenWoken(() => {}, all.end.signal, look);
  return all;
}

/**
 * The queues with a job that can be taken, or whose worker is silent for so long that it lost it. Of the latter the jobs
 * are given back first. One index look for each queue.
 */
const jobsToTake = `
  SELECT asked.name, silent.found AS silent
  FROM unnest($1::text[]) AS asked (name)
  CROSS JOIN LATERAL (SELECT EXISTS (
    SELECT FROM pgboss.job j
    WHERE j.name = asked.name AND j.state < 'active' AND NOT j.blocked AND j.start_after <= pgboss.job_now()
  ) AS found) ready
  CROSS JOIN LATERAL (SELECT EXISTS (
    SELECT FROM pgboss.job j
    WHERE j.name = asked.name AND j.state = 'active' AND j.heartbeat_seconds IS NOT NULL
      AND j.heartbeat_on + j.heartbeat_seconds * interval '1 s' < pgboss.job_now()
  ) AS found) silent
  WHERE ready.found OR silent.found`;

async function lookForJobs(boss: PgBoss, names: string[]): Promise<{ name: string }[]> {
  const { rows } = await boss.getDb().executeSql(jobsToTake, [names]);
  const silent = rows.filter((row: { silent: boolean }) => row.silent).map((row: { name: string }) => row.name);
  for (const name of silent) await boss.supervise(name);
  return rows;
}
