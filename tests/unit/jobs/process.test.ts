import { type ChildProcess, fork, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { stopJobs } from '@/lib/jobs/process/stop-job';
import { launcherContract } from '../../support/launcher-contract';
import { until } from '../../support/until';
import { alive, configOf, contractJob, jobFolder, order } from './job-folder';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const { begin, claimOf, dataDir, distDir, folderOf, launcherOf, longJob, marksPath } = jobFolder();

launcherContract('process', async () => ({
  makeLauncher: async () => launcherOf(),
  marksPath,
  stop: async () => undefined,
}));

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

  it.each(['killed', 'frozen'])('and a %s one are ended at the deadline by whoever looks', async (how) => {
    const spec = longJob({ deadlineSeconds: 2 });
    const pid = await begin(spec);
    process.kill(claimOf(spec).pid, how === 'killed' ? 'SIGKILL' : 'SIGSTOP');
    const launcher = launcherOf();
    expect((await launcher.inspect([spec.name]))[0]).toMatchObject({ state: 'running' });
    await until('it is not running', async () => (await launcher.inspect([spec.name]))[0]?.state !== 'running');
    expect((await launcher.inspect([spec.name]))[0]).toMatchObject({
      state: 'failed',
      sentence: 'Was ended at its deadline of 2 s.',
    });
    expect([pid, claimOf(spec).pid].filter(alive)).toEqual([]);
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
    const script = join(distDir(), 'launch.mjs');
    const { build } = await import('esbuild');
    await build({
      stdin: {
        contents: `
          import { createProcessLauncher } from '@/lib/jobs/process/launcher';
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
    const env = { PATH: process.env.PATH, SLC_DATA_DIR: dataDir(), SLC_LABELER_COMMAND: `node ${contractJob}` };
    for (const afterMs of [0, 1, 3, 10, 30, 80, 150]) {
      const spec = longJob();
      const child = fork(script, [distDir()], { env: { ...env, NODE_ENV: 'test' }, stdio: 'ignore' });
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
