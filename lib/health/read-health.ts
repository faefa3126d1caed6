import { auditRights } from '@/lib/audit/audit-rights';
import { lookAtWay } from '@/lib/clickhouse/way';
import { firstOf, patience } from '@/lib/clock';
import type { Context } from '@/lib/context';
import { AppError, messageOf } from '@/lib/errors';
import { launcherPlace, launchersHaveAccounts } from '@/lib/jobs/create-launcher';
import { overdueCustomers } from '@/lib/notifications/conditions/work-conditions';
import { connectPostgres, type Postgres } from '@/lib/postgres/client';
import { agree, count } from '@/lib/words';
import { isAlive } from '@/lib/workers/alive';
import { selectWorkers, silentMaxSeconds } from '@/lib/workers/sql';
import { type HealthPart, type HealthReport, noScans, worstOf } from './model';
import { holdsAsSeenHere } from './read-holds';
import { factsOf, launcherAsSeenHere, launcherAsWorkersSee } from './read-launcher';
import { notificationsAsSeenHere } from './read-notifications';
import { retentionAsKept } from './read-retention';
import {
  countMigrations,
  countQueueJobs,
  queueExists,
  readClickHouseIdentity,
  readPostgresIdentity,
  selectLastScans,
} from './sql';

const timeoutSeconds = 5;
/** A part that needs several answers has this long for all of them. */
const partMs = 2 * timeoutSeconds * 1_000;
/** How many customers a sentence names. */
const namedMost = 10;

/**
 * Asks every engine, each question for five seconds at most and each part for ten, and reports what is connected, as which user and with which rights.
 * Never throws: an engine that does not answer is a failed part with a sentence.
 */
export async function readHealth(ctx: Context): Promise<HealthReport> {
  const [clickhouse, way, postgres, chats, launcher, state, holds, notifications, retention] = await Promise.all([
    clickhousePart(ctx),
    wayPart(ctx),
    postgresPart(ctx),
    chatsPart(ctx),
    launcherPart(ctx),
    readState(ctx),
    guarded(ctx, 'holds', {}, () => holdsAsSeenHere(ctx)),
    notificationsPart(ctx),
    guarded(ctx, 'retention', {}, () => retentionAsKept(ctx)),
  ]);
  const jobs = [launcher, ...workerLauncherPart(ctx, state)];
  const parts = [
    clickhouse,
    way,
    postgres,
    chats,
    ...jobs,
    workerPart(state),
    queuePart(state),
    scansPart(state),
    holds,
    notifications,
    retention,
  ];
  return { status: worstOf(parts), parts, ...(state ?? noState) };
}

/** ClickHouse and the console's database, over connections that are open. Like `readHealth`, it never throws. */
export async function readEngineParts(ctx: Context): Promise<HealthPart[]> {
  return Promise.all([clickhousePart(ctx), postgresPart(ctx)]);
}

/** The parts without which nothing can be shown or repaired. Like `readHealth`, it never throws. */
export async function readEngines(ctx: Context): Promise<HealthPart[]> {
  const [engines, worker] = await Promise.all([readEngineParts(ctx), readState(ctx).then(workerPart)]);
  return [...engines, worker];
}

/** The parts that open connections to be looked at, or ask the platform of Jobs. Like `readHealth`, it never throws. */
export async function readOtherParts(ctx: Context): Promise<HealthPart[]> {
  const [parts, state] = await Promise.all([
    Promise.all([wayPart(ctx), chatsPart(ctx), launcherPart(ctx), notificationsPart(ctx)]),
    readState(ctx),
  ]);
  return [...parts, ...workerLauncherPart(ctx, state)];
}

/**
 * The console's database, without which no page can be shown. ClickHouse is not part of it: if it is down, the pages
 * say so, while a pod that is not ready would leave people with a 503 of their Ingress.
 */
export async function readReady(ctx: Context): Promise<HealthPart[]> {
  return [await postgresPart(ctx)];
}

type State = Pick<HealthReport, 'workers' | 'queues' | 'scans'>;
const noState: State = { workers: [], queues: [], scans: noScans };

async function readState(ctx: Context): Promise<State | null> {
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

async function clickhousePart(ctx: Context): Promise<HealthPart> {
  const { url, users, cluster } = ctx.config.clickhouse;
  const where = { address: hostOf(url), user: users.reader.name, cluster: cluster ?? 'none configured' };
  return guarded(ctx, 'clickhouse', where, async () => {
    const found = await ctx.clickhouse.readOne(readClickHouseIdentity, {
      timeoutSeconds,
      signal: AbortSignal.timeout(timeoutSeconds * 1_000),
    });
    const own = ctx.config.given.clickhouse === null;
    const rights = own
      ? 'may only SELECT; the embedded interface enforces it'
      : found.readonly > 0
        ? `may only read (readonly = ${found.readonly})`
        : 'is kept from writing only by its grants';
    return {
      status: 'ok',
      sentence: `ClickHouse ${found.version} at ${where.address} as ${where.user}, who ${rights}.`,
      facts: { ...where, version: found.version, rights, uptimeSeconds: found.uptimeSeconds },
    };
  });
}

async function wayPart(ctx: Context): Promise<HealthPart> {
  return guarded(ctx, 'way', {}, async () => {
    const asked = ctx.clickhouse.within({ signal: AbortSignal.timeout(timeoutSeconds * 1_000) });
    const { verdict, sentence } = await lookAtWay(asked);
    return { status: verdict, sentence, facts: {} };
  });
}

async function postgresPart(ctx: Context): Promise<HealthPart> {
  const where = { address: hostOf(ctx.config.postgres.url) };
  return guarded(ctx, 'postgres', where, async () => {
    const [[found], [migrations], faults] = await Promise.all([
      ctx.db.query(readPostgresIdentity),
      ctx.db.query(countMigrations),
      auditRights(ctx),
    ]);
    if (!found) throw new Error('the identity statement returned no row');
    const rights = faults === null ? `, who may add to the audit and not change it.` : `. ${faults}`;
    return {
      status: faults === null ? 'ok' : 'warning',
      sentence: `Postgres ${found.version} at ${where.address}, database ${found.database}, as ${found.user}${rights}`,
      facts: {
        ...where,
        ...found,
        superuser: String(found.superuser),
        readOnly: String(found.readOnly),
        migrations: migrations ?? 0,
      },
    };
  });
}

async function chatsPart(ctx: Context): Promise<HealthPart> {
  const { url } = ctx.config.chats;
  if (!url) {
    const sentence = 'CHATS_DATABASE_URL is not set, so no plan can compare the chats with the truth.';
    return { name: 'chats', status: 'warning', sentence, facts: {} };
  }
  const where = { address: hostOf(url) };
  return guarded(ctx, 'chats', where, async () => {
    const [found] = await chatsOf(ctx, url).query(readPostgresIdentity);
    if (!found) throw new Error('the identity statement returned no row');
    const rights = found.readOnly ? 'in read-only transactions' : 'in transactions that could write';
    return {
      status: found.readOnly ? 'ok' : 'warning',
      sentence: `The chats are read from ${where.address}, database ${found.database}, as ${found.user}, ${rights}.`,
      facts: { ...where, ...found, superuser: String(found.superuser), readOnly: String(found.readOnly) },
    };
  });
}

const chatsConnections = new WeakMap<Context, Postgres>();

/** The connection for looking at the chats. It closes when it is idle. */
function chatsOf(ctx: Context, url: string): Postgres {
  const known = chatsConnections.get(ctx);
  if (known) return known;
  const made = connectPostgres({
    url,
    log: ctx.log,
    application: 'slc-health',
    connectionsMax: 1,
    patienceMs: timeoutSeconds * 1_000,
  });
  chatsConnections.set(ctx, made);
  return made;
}

async function launcherPart(ctx: Context): Promise<HealthPart> {
  return guarded(ctx, 'launcher', factsOf(launcherPlace(ctx.config)), () => launcherAsSeenHere(ctx));
}

const notificationsPart = (ctx: Context): Promise<HealthPart> =>
  guarded(ctx, 'notifications', {}, () => notificationsAsSeenHere(ctx));

function workerLauncherPart(ctx: Context, state: State | null): HealthPart[] {
  if (!state) return launchersHaveAccounts(ctx.config) ? [unread('workerLauncher')] : [];
  const told = launcherAsWorkersSee(ctx, state.workers.filter(isAlive));
  return told ? [{ name: 'workerLauncher', ...told }] : [];
}

function workerPart(state: State | null): HealthPart {
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

function queuePart(state: State | null): HealthPart {
  if (!state) return unread('queue');
  const jobsIn = (...states: string[]) =>
    state.queues.filter((row) => states.includes(row.state)).reduce((sum, row) => sum + row.jobs, 0);
  const facts = { waiting: jobsIn('created', 'retry'), active: jobsIn('active'), failed: jobsIn('failed') };
  const sentence = `${facts.waiting} waiting, ${facts.active} in work.`;
  return { name: 'queue', status: 'ok', sentence, facts };
}

function scansPart(state: State | null): HealthPart {
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
    sentence: faults.join(' ') || `The last scan of each of ${customers} customers succeeded or is under way.`,
    facts: { customers, failed, never, overdue },
  };
}

const unread = (name: HealthPart['name']): HealthPart => ({
  name,
  status: 'failed',
  sentence: 'Unknown, because the console’s database does not answer.',
  facts: {},
});

async function guarded(
  { log }: Context,
  name: HealthPart['name'],
  facts: HealthPart['facts'],
  read: () => Promise<Omit<HealthPart, 'name'>>,
): Promise<HealthPart> {
  const over = new AbortController();
  const silence = patience(partMs, over.signal).then(() => {
    throw new AppError('unavailable', `${name} gave no answer within ${partMs / 1_000} seconds.`);
  });
  try {
    return { name, ...(await firstOf([read(), silence], over)) };
  } catch (error) {
    log.warn({ part: name, reason: messageOf(error) }, 'a health check failed');
    const sentence = error instanceof AppError ? error.message : `${name} answered with an error, which the log has.`;
    return { name, status: 'failed', sentence, facts };
  }
}

/** Only host and port, nothing secret. */
function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'unknown';
}
