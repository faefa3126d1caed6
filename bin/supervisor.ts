import './support/version-option';

import { join } from 'node:path';
import { loadConfig } from '@/lib/config';
import { createContext } from '@/lib/context';
import { firstScans } from '@/lib/detection/schedule/first-scans';
import type { Child } from '@/lib/embedded/child';
import { migrationsFolder, repositoryRoot } from '@/lib/embedded/root';
import { chatsSchema, openStack } from '@/lib/embedded/supervise';
import { AppError, messageOf } from '@/lib/errors';
import { stopJobs } from '@/lib/jobs/process/stop-job';
import { createLog } from '@/lib/log';
import { every, poll } from '@/lib/poll';
import { migrate } from '@/lib/postgres/migrate';
import { runFilePath } from '@/lib/run-file';
import { prepareDemo, startFallBack } from './supervisor/demo';

/**
 * Starts everything: engines (unless others are configured), migrations, demo data (only in its own engines), worker,
 * first scans, web. With --fall-back it then begins the demo's story of a finding that falls back. Prints
 * `clickhouse URL`, `postgres URL` and `ready URL` on stdout, never a password. SIGINT and SIGTERM stop everything in
 * order; a second one does not wait for Jobs. Exit codes: 0 stopped, 1 could not start.
 */
const jobsGraceMs = 10_000;
const storyGraceMs = 3_000;
const startWithinMs = 60_000;
const workerFaultsMax = 3;

const stopping = new AbortController();
const hurry = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (stopping.signal.aborted) hurry.abort();
    stopping.abort(new Error(`stopped by ${signal}`));
  });
}

const print = (line: string) => process.stdout.write(`${line}\n`);
const withoutPassword = (url: string) => {
  const made = new URL(url);
  made.password = '';
  made.search = '';
  return made.href.replace(/\/$/, '');
};

async function main(): Promise<void> {
  const given = loadConfig();
  const log = createLog('supervisor', given.logLevel);
  const root = repositoryRoot();
  const stack = await openStack({ config: given, root, log });
  let story: Child | null = null;
  try {
    const engines = await stack.startEngines();
    stopping.signal.throwIfAborted();
    const config = loadConfig();
    print(`clickhouse ${withoutPassword(engines.clickhouseUrl)}`);
    print(`postgres ${withoutPassword(engines.postgresUrl)}`);
    if (!given.given.clickhouse) print(`users and passwords in ${runFilePath(config.dataDir)}`);
    if (engines.outsideFolder) print(`postgres data in ${engines.outsideFolder}`);

    const demo = !config.given.clickhouse && !config.given.chats && !config.environment.production;
    const ran = await migrate({
      url: engines.postgresUrl,
      ownerUrl: engines.postgresOwnerUrl,
      folder: migrationsFolder(),
      log,
      application: 'slc-migrate',
      schemas: demo && config.given.postgres ? [chatsSchema] : [],
    });
    const ctx = createContext({ process: 'supervisor', config, log });
    try {
      if (ran.length > 0) log.info({ migrations: ran }, 'the database was migrated');
      if (demo) await Promise.race([prepareDemo(ctx), stopped()]);
      const { port } = config.metrics;
      const own: Record<string, string> = port === null ? {} : { SLC_METRICS_PORT: String(port + 1) };
      await stack.startProgram('worker', [join(root, 'dist', 'worker.mjs')], own);
      if (demo) {
        const failed = await Promise.race([firstScans(ctx, stopping.signal), workerFails()]);
        if (failed.length > 0) log.warn({ customers: failed }, 'the first scan of these customers failed');
      }
    } finally {
      await ctx.close();
    }
    const { host, port } = config.web;
    const { webContext } = config.kubernetes;
    await stack.startProgram('web', [join(root, 'dist', 'web.mjs')], {
      HOST: host,
      PORT: String(port),
      NODE_ENV: 'production',
      NEXT_TELEMETRY_DISABLED: '1',
      ...(webContext !== null && { SLC_KUBERNETES_CONTEXT: webContext }),
    });
    await untilAnswers(`${engines.webUrl}/api/health`);
    print(`ready ${engines.webUrl}`);
    if (demo && process.argv.includes('--fall-back')) story = startFallBack({ config, root });
    await stopped().catch(() => undefined);
    process.stderr.write('Stopping. Running Jobs get ten seconds; press Ctrl-C again to stop at once.\n');
  } catch (error) {
    if (!stopping.signal.aborted) throw error;
  } finally {
    await story?.stop(storyGraceMs);
    await stack.stop(() => endJobs(given.dataDir));
  }

  /** Rejects when the worker ends again and again, since the first scans would then never come. */
  async function workerFails(): Promise<never> {
    return poll<never>({ ...every(500), signal: stopping.signal }, () => {
      const worker = stack.supervised.find((one) => one.name === 'worker');
      if ((worker?.restarts() ?? 0) >= workerFaultsMax) {
        const file = join(given.dataDir, 'logs', 'worker.log');
        throw new AppError('unavailable', `The worker ends again and again. Its log is ${file}.`);
      }
      return null;
    });
  }
}

/** Rejects when a signal asks to stop. If the demo is half made, the next start makes it again. */
function stopped(): Promise<never> {
  return new Promise((_, reject) => {
    if (stopping.signal.aborted) reject(stopping.signal.reason);
    stopping.signal.addEventListener('abort', () => reject(stopping.signal.reason), { once: true });
  });
}

/** Lets running Jobs end within their grace period, unless a second signal comes. */
async function endJobs(dataDir: string): Promise<void> {
  const hurried = new Promise<void>((resolve) => {
    if (hurry.signal.aborted) resolve();
    hurry.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  await Promise.race([stopJobs(dataDir, jobsGraceMs), hurried]);
  if (hurry.signal.aborted) await stopJobs(dataDir, 0);
}

async function untilAnswers(url: string): Promise<void> {
  const answers = await poll({ ...every(50), withinMs: startWithinMs, signal: stopping.signal }, () =>
    fetch(url, { signal: AbortSignal.timeout(5_000) }).then(
      (response) => response.status < 500 || null,
      () => null,
    ),
  );
  if (answers) return;
  throw new AppError('unavailable', `The pages did not answer at ${url} within ${startWithinMs / 1000} seconds.`);
}

main().then(
  () => process.exit(0),
  (error) => {
    process.stderr.write(`${error instanceof AppError ? error.message : messageOf(error)}\n`);
    if (error instanceof AppError && error.cause) process.stderr.write(`${messageOf(error.cause)}\n`);
    process.exit(1);
  },
);
