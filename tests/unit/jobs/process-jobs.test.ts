import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import type { JobSpec } from '@/lib/jobs/model';
import { createProcessLauncher } from '@/lib/jobs/process/launcher';
import { until } from '../../support/until';
import { alive, configOf, jobFolder, log, order } from './job-folder';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const { begin, dataDir, distDir, folderOf, launcherOf, longJob } = jobFolder();

describe('the end of a Job', () => {
  it('takes everything that it started along, wherever it went', async () => {
    const shell = join(dataDir(), 'leaves-children.sh');
    const pidPath = join(dataDir(), 'grandchild');
    writeFileSync(shell, `setsid sleep 60 & echo $! > ${pidPath}; exit 0\n`);
    const launcher = launcherOf(configOf(dataDir(), { SLC_LABELER_COMMAND: `sh "${shell}"` }));
    const spec = order();
    await launcher.launch(spec);
    await until('it ended', async () => (await launcher.inspect([spec.name]))[0]?.state === 'succeeded');
    expect(alive(Number(readFileSync(pidPath, 'utf8')))).toBe(false);
  });

  it('names a command that cannot be started, and a preview says so before', async () => {
    const launcher = launcherOf(configOf(dataDir(), { SLC_LABELER_COMMAND: '/nowhere/labeler --all' }));
    const spec = order();
    expect(await launcher.preview(spec)).toEqual({
      verdict: 'fail',
      sentence: 'The program /nowhere/labeler does not exist or is not executable.',
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
    const launcher = createProcessLauncher({ config: configOf(dataDir()), log, distDir: '/nowhere' });
    const spec = order({ JOB_SAYS: 'at last' });
    await expect(launcher.launch(spec)).rejects.toMatchObject({ code: 'unavailable' });
    expect(await launcherOf().launch(spec)).toEqual({ outcome: 'adopted' });
    await until('it ended', async () => (await launcherOf().inspect([spec.name]))[0]?.state === 'succeeded');
  });
});

describe('what a Job gets', () => {
  const envOf = async (kind: JobSpec['kind']) => {
    const printer = join(dataDir(), 'job.mjs');
    writeFileSync(printer, 'console.log(JSON.stringify(process.env));');
    const dir = mkdtempSync(join(dataDir(), 'dist-'));
    writeFileSync(join(dir, 'job.mjs'), readFileSync(printer));
    writeFileSync(join(dir, 'job-runner.mjs'), `import '${join(distDir(), 'job-runner.mjs')}';`);
    const of = configOf(dataDir(), { SLC_LABELER_COMMAND: `node ${printer}`, CHATS_DATABASE_URL: 'postgres://chats' });
    const launcher = createProcessLauncher({ config: of, log, distDir: dir });
    const spec = order({ SLC_JOB_ORDER: 'the order' }, { kind });
    await launcher.launch(spec);
    await until('it ended', async () => (await launcher.inspect([spec.name]))[0]?.state === 'succeeded');
    return { env: JSON.parse(await launcher.logs(spec.name, 1)), spec };
  };

  it.each(['backup', 'delete', 'restore', 'kill'] as const)(
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
    // The wrapper renames the file of the end into its place.
    const files = ['exit.json', 'log', 'run', 'spec.json'].join();
    await until('nothing else is there', async () => readdirSync(folderOf(spec)).sort().join() === files);
  });
});
