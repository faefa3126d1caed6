import './support/version-option';

import { ClickHouse } from '@/lib/clickhouse/client';
import { sentenceOf } from '@/lib/clickhouse/translate';
import { requireChangeWay } from '@/lib/clickhouse/way';
import { systemClock } from '@/lib/clock';
import { loadConfig } from '@/lib/config';
import { AppError, messageOf } from '@/lib/errors';
import { JobEnd, type JobRun, jobPatience } from '@/lib/label-jobs/job-end';
import { jobs } from '@/lib/label-jobs/jobs';
import { type JobExit, type JobReport, jobExitCodes } from '@/lib/label-store/model';
import { createLog } from '@/lib/log';

/**
 * A Job that changes ClickHouse as the deleter: `node dist/job.mjs backup|prove|delete|restore|kill|drop`, with its order
 * in `SLC_JOB_ORDER`. Prints what it does in plain lines, and at the end a JobReport. It exits with `jobExitCodes`: 0
 * done, 1 unexpected error, 2 order refused, 3 labels or backup not as planned, 4 unclear whether it was submitted, 5
 * rows left, 7 ClickHouse does not answer, 143 stopped by SIGTERM. SIGTERM ends it where that is safe: never between a
 * submission and its answer, and a submitted mutation goes on by itself.
 */
const kind = process.argv[2] ?? '';
const say = (line: string) => process.stdout.write(`${line}\n`);

async function work(run: JobRun, order: string | null): Promise<Record<string, number>> {
  await requireChangeWay(run.ctx.clickhouse);
  const job = Object.entries(jobs).find(([name]) => name === kind)?.[1];
  if (job) return job(run, order);
  throw new JobEnd('orderRefused', `"${kind}" is no kind of Job. Use ${Object.keys(jobs).join(', ')}.`);
}

function endOf(error: unknown): JobEnd {
  if (error instanceof JobEnd) return error;
  if (stop.signal.aborted) return new JobEnd('stopped', 'Stopped.', { cause: error });
  if (error instanceof AppError && error.code === 'unavailable')
    return new JobEnd('engineUnavailable', error.message, { cause: error.cause });
  return new JobEnd('failed', sentenceOf(error), { cause: error });
}

const stop = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop.abort());

let exit: JobExit = 'done';
let numbers: Record<string, number> = {};
const startedAt = performance.now();
try {
  const config = loadConfig();
  const { url, users } = config.clickhouse;
  if (!url) throw new AppError('unavailable', 'No ClickHouse is configured. Nothing was changed.');
  const log = createLog('job', 'silent');
  const clickhouse = new ClickHouse({
    url,
    user: users.deleter,
    log,
    application: `slc-job-${kind}`,
    retry: jobPatience(say),
  });
  try {
    numbers = await work(
      { ctx: { config, clock: systemClock, clickhouse }, say, signal: stop.signal },
      config.jobs.order,
    );
  } finally {
    await clickhouse.close();
  }
} catch (error) {
  const end = endOf(error);
  exit = end.exit;
  numbers = end.numbers;
  if (end.cause) say(`Reason: ${messageOf(end.cause).slice(0, 1_000)}`);
  say(end.message);
}
const report: JobReport = { kind, exit, numbers: { ...numbers, elapsedMs: Math.round(performance.now() - startedAt) } };
say(JSON.stringify(report));
process.exitCode = jobExitCodes[exit];
