import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { type Config, loadConfig } from '@/lib/config';
import type { JobSpec } from '@/lib/jobs/model';
import { jobName } from '@/lib/jobs/name';
import { createProcessLauncher } from '@/lib/jobs/process/launcher';
import { stopJobs } from '@/lib/jobs/process/stop-job';
import { createLog } from '@/lib/log';
import { bundle } from '../../support/bundle';
import { until } from '../../support/until';

export const log = createLog('test', 'silent');
export const contractJob = resolve('tests/support/contract-job.mjs');

/** Each process has its own password, and a Job may see one of them at most. */
export function configOf(dir: string, env: Record<string, string> = {}): Config {
  return loadConfig({
    NODE_ENV: 'test',
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    SLC_DATA_DIR: dir,
    SLC_LABELER_COMMAND: `node ${contractJob}`,
    CLICKHOUSE_URL: 'http://127.0.0.1:1',
    CLICKHOUSE_LABELER_PASSWORD: 'labeler-secret',
    CLICKHOUSE_DELETER_PASSWORD: 'deleter-secret',
    CLICKHOUSE_ADMIN_PASSWORD: 'admin-secret',
    CLICKHOUSE_READER_PASSWORD: 'reader-secret',
    ...env,
  });
}

export function order(envOverrides: Record<string, string> = {}, more: Partial<JobSpec> = {}): JobSpec {
  const of = { runId: randomUUID(), itemId: randomUUID(), attempt: 1 };
  const name = jobName({ kind: more.kind ?? 'relabel', unit: '2026-02-10', ...of });
  return { name, kind: 'relabel', envOverrides, deadlineSeconds: 120, annotations: {}, ...more };
}

export const alive = (pid: number) => {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.[0] !== 'Z';
  } catch {
    return false;
  }
};

/** The bundles and a data folder for the Jobs of a test file, and what its tests do with them. */
export function jobFolder() {
  let built: Awaited<ReturnType<typeof bundle>>;
  let dataDir: string;
  let config: Config;
  let marks = 0;
  beforeAll(async () => {
    built = await bundle(['job-runner']);
    dataDir = mkdtempSync(join(tmpdir(), 'slc-jobs-'));
    config = configOf(dataDir);
  });
  afterAll(async () => {
    await stopJobs(dataDir, 0);
    built.remove();
    rmSync(dataDir, { recursive: true, force: true });
  });
  const launcherOf = (of = config) => createProcessLauncher({ config: of, log, distDir: built.distDir, graceMs: 300 });
  const marksPath = () => join(dataDir, `marks-${marks++}`);
  const folderOf = (spec: JobSpec) => join(dataDir, 'jobs', spec.name);
  return {
    launcherOf,
    marksPath,
    folderOf,
    dataDir: () => dataDir,
    distDir: () => built.distDir,
    claimOf: (spec: JobSpec) => JSON.parse(readFileSync(join(folderOf(spec), 'run', 'claim.json'), 'utf8')),
    longJob: (more: Partial<JobSpec> = {}, env: Record<string, string> = {}) =>
      order({ JOB_MARKS: marksPath(), JOB_RUNS_MS: '60000', ...env }, more),
    /** Launches, and waits until the Job itself has begun; its pid. */
    async begin(spec: JobSpec): Promise<number> {
      await launcherOf().launch(spec);
      const path = spec.envOverrides.JOB_MARKS ?? '';
      await until('the Job has begun', () => existsSync(path) && readFileSync(path, 'utf8').endsWith('\n'));
      return Number(readFileSync(path, 'utf8'));
    },
  };
}
