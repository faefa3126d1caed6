import { type ChildProcess, fork, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Config, loadConfig } from '@/lib/config';
import type { JobSpec } from '@/lib/jobs/model';
import { jobName } from '@/lib/jobs/name';
import { createProcessLauncher } from '@/lib/jobs/process';
import { stopJobs } from '@/lib/jobs/process/stop-job';
import { createLog } from '@/lib/log';
import { bundle } from '../../support/bundle';
import { launcherContract } from '../../support/launcher-contract';
import { until } from '../../support/until';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const contractJob = resolve('tests/support/contract-job.mjs');
const log = createLog('test', 'silent');
let built: Awaited<ReturnType<typeof bundle>>;
let dataDir: string;
let config: Config;
let marks = 0;

function configOf(dir: string, env: Record<string, string> = {}): Config {
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

launcherContract('process', async () => ({
  makeLauncher: async () => launcherOf(),
  marksPath: () => join(dataDir, `marks-${marks++}`),
  stop: async () => undefined,
}));

function order(envOverrides: Record<string, string> = {}, more: Partial<JobSpec> = {}): JobSpec {
  const of = { runId: randomUUID(), itemId: randomUUID(), attempt: 1 };
  const name = jobName({ kind: more.kind ?? 'relabel', day: '2026-02-10', ...of });
  return { name, kind: 'relabel', envOverrides, deadlineSeconds: 120, annotations: {}, ...more };
}
const folderOf = (spec: JobSpec) => join(dataDir, 'jobs', spec.name);
const claimOf = (spec: JobSpec) => JSON.parse(readFileSync(join(folderOf(spec), 'run', 'claim.json'), 'utf8'));
const alive = (pid: number) => {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.[0] !== 'Z';
  } catch {
    return false;
  }
};

/** Launches, and waits until the Job itself has begun; its pid. */
async function begin(spec: JobSpec): Promise<number> {
  await launcherOf().launch(spec);
  const path = spec.envOverrides.JOB_MARKS ?? '';
  await until('the Job has begun', () => existsSync(path) && readFileSync(path, 'utf8').endsWith('\n'));
  return Number(readFileSync(path, 'utf8'));
}
const longJob = (more: Partial<JobSpec> = {}, env: Record<string, string> = {}) =>
  order({ JOB_MARKS: join(dataDir, `marks-${marks++}`), JOB_RUNS_MS: '60000', ...env }, more);

describe('a Job whose wrapper was killed', () => {
  it('is running while anything of it lives, and lost afterwards', async () => {
    const spec = longJob();
    const launcher = launcherOf();
    const pid = await begin(spec);
    process.kill(claimOf(spec).pid, 'SIGKILL');
    await until('the wrapper is gone', () => !alive(claimOf(spec).pid));
    expect((await launcher.inspect([spec.name]))[0]).toMatchObject({ state: 'running' });
    process.kill(pid, 'SIGKILL');
    await until('the Job is gone', () => !alive(pid));
    const [status] = await launcher.inspect([spec.name]);
    expect(status).toMatchObject({ state: 'failed', exitCode: null });
    expect(status?.sentence).toContain('no exit code');
    expect(await launcher.launch(spec)).toEqual({ outcome: 'adopted' });
    expect(readFileSync(spec.envOverrides.JOB_MARKS ?? '', 'utf8').trim()).toBe(String(pid));
  });

  it('is still stopped as a whole', async () => {
    const spec = longJob();
    const pid = await begin(spec);
    process.kill(claimOf(spec).pid, 'SIGKILL');
    await launcherOf().stop(spec.name);
    expect(alive(pid)).toBe(false);
    expect((await launcherOf().inspect([spec.name]))[0]?.sentence).toContain('stopped');
  });

  it('is not mistaken for another process that got its pid, and that one is never signalled', async () => {
    const spec = longJob();
    const launcher = launcherOf();
    const pid = await begin(spec);
    const claim = claimOf(spec);
    for (const victim of [claim.pid, pid]) process.kill(victim, 'SIGKILL');
    await until('both are gone', () => !alive(pid) && !alive(claim.pid));
    const stranger: ChildProcess = spawn('sleep', ['60'], { detached: true });
    writeFileSync(join(folderOf(spec), 'run', 'claim.json'), JSON.stringify({ ...claim, pid: stranger.pid }));
    expect((await launcher.inspect([spec.name]))[0]).toMatchObject({ state: 'failed' });
    await launcher.stop(spec.name);
    expect(alive(stranger.pid ?? 0)).toBe(true);
    stranger.kill('SIGKILL');
  });
});

describe('a launch that was killed half way', () => {
  it('starts the Job when it is launched again and nothing was spawned', async () => {
    const spec = order({ JOB_SAYS: 'here' });
    mkdirSync(folderOf(spec), { recursive: true });
    writeFileSync(join(folderOf(spec), 'spec.json'), JSON.stringify(spec));
    const launcher = launcherOf();
    expect((await launcher.inspect([spec.name]))[0]).toMatchObject({ state: 'pending', startedAt: null });
    expect(await launcher.launch(spec)).toEqual({ outcome: 'adopted' });
    await until('it ended', async () => (await launcher.inspect([spec.name]))[0]?.state === 'succeeded');
    expect(await launcher.logs(spec.name, 5)).toBe('here\n');
  });

  it('can be stopped before anything ran, and then never runs', async () => {
    const spec = longJob();
    mkdirSync(folderOf(spec), { recursive: true });
    writeFileSync(join(folderOf(spec), 'spec.json'), JSON.stringify(spec));
    const launcher = launcherOf();
    await launcher.stop(spec.name);
    await launcher.launch(spec);
    const [status] = await launcher.inspect([spec.name]);
    expect(status).toMatchObject({ state: 'failed', startedAt: null });
    expect(existsSync(spec.envOverrides.JOB_MARKS ?? '')).toBe(false);
  });

  it('starts one Job however often and whenever its launcher is killed', async () => {
    const script = join(built.distDir, 'launch.mjs');
    const { build } = await import('esbuild');
    await build({
      stdin: {
        contents: `
          import { createProcessLauncher } from '@/lib/jobs/process';
          import { loadConfig } from '@/lib/config';
          import { createLog } from '@/lib/log';
          const launcher = createProcessLauncher({ config: loadConfig(), log: createLog('x', 'silent'), distDir: process.argv[2] });
          process.on('message', (spec) => launcher.launch(spec));
          process.send('up');`,
        resolveDir: resolve('.'),
      },
      outfile: script,
      bundle: true,
      format: 'esm',
      platform: 'node',
      packages: 'external',
      alias: { '@': resolve('.') },
    });
    const env = { PATH: process.env.PATH, SLC_DATA_DIR: dataDir, SLC_LABELER_COMMAND: `node ${contractJob}` };
    for (const afterMs of [0, 1, 3, 10, 30, 80, 150]) {
      const spec = longJob();
      const child = fork(script, [built.distDir], { env: { ...env, NODE_ENV: 'test' }, stdio: 'ignore' });
      await new Promise((resolve) => child.once('message', resolve));
      child.send(spec);
      await new Promise((resolve) => setTimeout(resolve, afterMs));
      child.kill('SIGKILL');
      await begin(spec);
      await launcherOf().launch(spec);
      expect(
        readFileSync(spec.envOverrides.JOB_MARKS ?? '', 'utf8')
          .trim()
          .split('\n'),
        `${afterMs} ms`,
      ).toHaveLength(1);
      await launcherOf().stop(spec.name);
    }
  });
});

describe('the end of a Job', () => {
  it('takes everything that it started along, wherever it went', async () => {
    const shell = join(dataDir, 'leaves-children.sh');
    const pidPath = join(dataDir, 'grandchild');
    writeFileSync(shell, `setsid sleep 60 & echo $! > ${pidPath}; exit 0\n`);
    const launcher = launcherOf(configOf(dataDir, { SLC_LABELER_COMMAND: `sh "${shell}"` }));
    const spec = order();
    await launcher.launch(spec);
    await until('it ended', async () => (await launcher.inspect([spec.name]))[0]?.state === 'succeeded');
    expect(alive(Number(readFileSync(pidPath, 'utf8')))).toBe(false);
  });

  it('names a command that cannot be started, and a preview says so before', async () => {
    const launcher = launcherOf(configOf(dataDir, { SLC_LABELER_COMMAND: '/nowhere/labeler --all' }));
    const spec = order();
    expect(await launcher.preview(spec)).toEqual({
      verdict: 'fail',
      sentence: 'The program /nowhere/labeler is not there, or not executable.',
    });
    await launcher.launch(spec);
    await until('it ended', async () => (await launcher.inspect([spec.name]))[0]?.state === 'failed');
    expect((await launcher.inspect([spec.name]))[0]?.exitCode).toBe(127);
    expect(await launcher.logs(spec.name, 5)).toContain('/nowhere/labeler');
  });

  it('has the code of the signal that killed it, as Kubernetes has', async () => {
    const spec = longJob();
    const pid = await begin(spec);
    process.kill(pid, 'SIGKILL');
    const launcher = launcherOf();
    await until('it ended', async () => (await launcher.inspect([spec.name]))[0]?.state === 'failed');
    expect((await launcher.inspect([spec.name]))[0]).toMatchObject({ exitCode: 137 });
  });

  it('is refused by a folder without bundles, and launching again later is safe', async () => {
    const launcher = createProcessLauncher({ config, log, distDir: '/nowhere' });
    const spec = order({ JOB_SAYS: 'at last' });
    await expect(launcher.launch(spec)).rejects.toMatchObject({ code: 'unavailable' });
    expect(await launcherOf().launch(spec)).toEqual({ outcome: 'adopted' });
    await until('it ended', async () => (await launcherOf().inspect([spec.name]))[0]?.state === 'succeeded');
  });
});

describe('what a Job gets', () => {
  const envOf = async (kind: JobSpec['kind']) => {
    const printer = join(dataDir, 'job.mjs');
    writeFileSync(printer, 'console.log(JSON.stringify(process.env));');
    const dir = mkdtempSync(join(dataDir, 'dist-'));
    writeFileSync(join(dir, 'job.mjs'), readFileSync(printer));
    writeFileSync(join(dir, 'job-runner.mjs'), `import '${join(built.distDir, 'job-runner.mjs')}';`);
    const of = configOf(dataDir, { SLC_LABELER_COMMAND: `node ${printer}`, CHATS_DATABASE_URL: 'postgres://chats' });
    const launcher = createProcessLauncher({ config: of, log, distDir: dir });
    const spec = order({ SLC_JOB_ORDER: 'the order' }, { kind });
    await launcher.launch(spec);
    await until('it ended', async () => (await launcher.inspect([spec.name]))[0]?.state === 'succeeded');
    return { env: JSON.parse(await launcher.logs(spec.name, 1)), spec };
  };

  it.each(['backup', 'delete', 'undo', 'kill'] as const)(
    'a %s has the deleter’s password and no other',
    async (kind) => {
      const { env } = await envOf(kind);
      expect(env).toMatchObject({ CLICKHOUSE_DELETER_PASSWORD: 'deleter-secret', SLC_JOB_ORDER: 'the order' });
      expect(JSON.stringify(env)).not.toMatch(/labeler-secret|admin-secret|reader-secret|postgres:/);
    },
  );

  it('a relabel has the labeler’s password and no other, and the chats', async () => {
    const { env } = await envOf('relabel');
    expect(env).toMatchObject({
      CLICKHOUSE_LABELER_PASSWORD: 'labeler-secret',
      CHATS_DATABASE_URL: 'postgres://chats',
    });
    expect(JSON.stringify(env)).not.toMatch(/deleter-secret|admin-secret|reader-secret/);
  });

  it('nothing of the launcher’s own environment but what is named, and no secret on disk', async () => {
    process.env.SOMEBODYS_TOKEN = 'token-secret';
    const { env, spec } = await envOf('delete');
    delete process.env.SOMEBODYS_TOKEN;
    expect(Object.keys(env)).not.toContain('SOMEBODYS_TOKEN');
    for (const file of ['spec.json', 'exit.json', 'run/claim.json'])
      expect(readFileSync(join(folderOf(spec), file), 'utf8')).not.toContain('secret');
    expect(readdirSync(folderOf(spec)).sort()).toEqual(['exit.json', 'log', 'run', 'spec.json']);
  });
});

describe('stopping all Jobs of a data folder', () => {
  it('lets a short one end well, stops a long one, and returns when nothing runs', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'slc-jobs-'));
    const launcher = launcherOf(configOf(dir));
    const short = order({ JOB_RUNS_MS: '300' });
    const long = longJob();
    await Promise.all([launcher.launch(short), launcher.launch(long)]);
    await until('the long one has begun', () => existsSync(long.envOverrides.JOB_MARKS ?? ''));
    await stopJobs(dir, 2_000);
    const [first, second] = await launcher.inspect([short.name, long.name]);
    expect(first).toMatchObject({ state: 'succeeded' });
    expect(second).toMatchObject({ state: 'failed' });
    expect(second?.sentence).toContain('stopped');
    expect(alive(Number(readFileSync(long.envOverrides.JOB_MARKS ?? '', 'utf8')))).toBe(false);
    await stopJobs(dir, 0);
    rmSync(dir, { recursive: true });
  });
});
