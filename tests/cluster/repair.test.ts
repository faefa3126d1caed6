import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { buildBundles, buildWeb } from '@/scripts/build.mjs';
import { until } from '../support/until';
import { gatesOf, namespace, startConsole } from './console.mjs';

const Job = z.object({
  metadata: z.object({ name: z.string(), creationTimestamp: z.string() }),
  status: z.object({
    succeeded: z.number().optional(),
    failed: z.number().optional(),
    active: z.number().optional(),
  }),
});
type Job = z.infer<typeof Job>;
const Run = z.object({
  status: z.string(),
  items: z.array(z.object({ failure: z.string().nullable() })),
});

let on: Awaited<ReturnType<typeof startConsole>>;
let dataDir: string;
let since = '';

beforeAll(async () => {
  await buildBundles();
  await buildWeb();
  dataDir = mkdtempSync(join(tmpdir(), 'slc-on-cluster-'));
  on = await startConsole({ dataDir, env: { SLC_DEMO_CONVERSATIONS: '3000', SLC_LOG_LEVEL: 'warn' } });
});
afterAll(async () => {
  await on?.stop();
  if (dataDir) rmSync(dataDir, { recursive: true, force: true });
});

/** The command line with the rights of the pages: slc-web. */
function cli(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const env = { ...process.env, ...on.env };
    execFile(process.execPath, ['dist/cli.mjs', ...args], { env, maxBuffer: 1 << 26 }, (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
    );
  });
}

/** The labeler's own image knows no kinds. */
const gate = (kind: string) => join(gatesOf(dataDir), kind === 'relabel' ? 'labeler' : kind);
const close = (kind: string) => writeFileSync(gate(kind), '');
const open = (kind: string) => rmSync(gate(kind), { force: true });

async function jobs(): Promise<Job[]> {
  const { items } = JSON.parse(await on.kubectl(['-n', namespace, 'get', 'jobs', '-o', 'json']));
  return z
    .array(Job)
    .parse(items)
    .filter((job) => job.metadata.creationTimestamp >= since);
}

const kindOf = (job: Job) => job.metadata.name.split('-')[0] ?? '';

/** Waits for a Job of a kind whose pod runs. */
const running = (kind: string) =>
  until(
    `a ${kind} Job runs`,
    async () => {
      const names = (await jobs())
        .filter((job) => kindOf(job) === kind && job.status.active)
        .map((j) => j.metadata.name);
      const [name] = names;
      if (!name) return null;
      const phases = await on.kubectl(['-n', namespace, 'get', 'pods', '-l', `job-name=${name}`, '-o', 'name']);
      return phases === '' ? null : name;
    },
    60_000,
  );

/** Brings the incident back and starts its repair; resolves with the run when it ended. */
async function repair(): Promise<{ ended: Promise<z.infer<typeof Run>> }> {
  await on.kubectl(['-n', namespace, 'delete', 'jobs', '--all']);
  const reset = await cli('demo', 'reset');
  expect(reset.code, reset.stderr).toBe(0);
  since = new Date(Math.floor(Date.now() / 1_000) * 1_000).toISOString().replace('.000', '');
  const ended = cli('backfill', 'alaska-air', '--day', '2026-02-10', '--reason', 'test', '--wait', '--json').then(
    ({ stdout, stderr }) => {
      const last = stdout.trim().split('\n').at(-1) ?? '';
      if (!last.startsWith('{')) throw new Error(`${stdout}${stderr}`);
      return Run.parse(JSON.parse(last));
    },
  );
  ended.catch(() => undefined);
  return { ended };
}

const verified = { status: 'verified', items: [{ failure: null }] };

describe('a repair on Kubernetes', () => {
  it('of the incident is a backup, a delete and a relabel Job, ordered by the pages’ account, launched by the worker’s', async () => {
    const { ended } = await repair();
    expect(await ended).toMatchObject(verified);
    const made = await jobs();
    expect(made.map(kindOf).sort()).toEqual(['backup', 'delete', 'relabel']);
    expect(made.map((job) => job.status.succeeded)).toEqual([1, 1, 1]);
    const scan = await cli('scan', 'alaska-air', '--day', '2026-02-10', '--fail-if-affected', '--json');
    expect(scan.code, scan.stderr).toBe(0);
    const days = await cli('active-days', 'alaska-air', '--day', '2026-02-10', '--csv');
    expect(days.stdout).toMatch(/corinne.*1/i);
  });

  it('goes on after the API server was killed in the middle of each of its Jobs', async () => {
    const kinds = ['backup', 'delete', 'relabel'];
    for (const kind of kinds) close(kind);
    const { ended } = await repair();
    for (const kind of kinds) {
      await running(kind);
      await on.cluster.stopComponent('apiserver');
      open(kind);
      await on.cluster.startComponent('apiserver');
    }
    expect(await ended).toMatchObject(verified);
    expect((await jobs()).map(kindOf).sort()).toEqual(kinds);
  });

  it('goes on after the worker’s rights were withdrawn for a while, and after a Job was gone by its TTL unseen', async () => {
    close('backup');
    close('delete');
    const { ended } = await repair();
    await running('backup');
    const given = await on.kubectl(['-n', namespace, 'get', 'rolebinding', 'slc-worker', '-o', 'json']);
    const { apiVersion, kind, roleRef, subjects } = JSON.parse(given);
    await on.kubectl(['-n', namespace, 'delete', 'rolebinding', 'slc-worker']);
    open('backup');
    await until('the backup is done', async () =>
      (await jobs()).some((job) => kindOf(job) === 'backup' && job.status.succeeded === 1),
    );
    const metadata = { name: 'slc-worker', namespace };
    await on.kubectl(['create', '-f', '-'], { apiVersion, kind, metadata, roleRef, subjects });

    const name = await running('delete');
    const patch = JSON.stringify({ spec: { ttlSecondsAfterFinished: 0 } });
    await on.kubectl(['-n', namespace, 'patch', 'job', name, '-p', patch]);
    open('delete');
    expect(await ended).toMatchObject(verified);
    expect((await jobs()).map(kindOf).sort()).toEqual(['backup', 'relabel']);
  });

  it('relabels again when the relabel Job was deleted by hand, and when its pod was killed', async () => {
    close('relabel');
    const { ended } = await repair();
    const byHand = await running('relabel');
    await on.kubectl(['-n', namespace, 'delete', 'job', byHand]);
    const killed = await running('relabel');
    expect(killed).not.toBe(byHand);
    await on.kubectl(['-n', namespace, 'delete', 'pods', '-l', `job-name=${killed}`, '--force', '--grace-period=0']);
    open('relabel');
    expect(await ended).toMatchObject(verified);
  });
});

describe('what is not granted', () => {
  const as = (account: string, args: string[]) =>
    on.cluster.kubectl(['--kubeconfig', on.kubeconfig, '--context', account, '-n', namespace, ...args]);
  const right = (given: string) => given.split(' ');

  it.each(['slc-web', 'slc-worker'])('is refused to %s', async (account) => {
    const granted = {
      'slc-web': ['list jobs', 'get jobs', 'get cronjobs/cron-label-conversations', 'list pods', 'get pods/log'],
      'slc-worker': ['create jobs', 'delete jobs', 'list jobs', 'list events', 'get pods/log', 'list pods'],
    }[account];
    const others = [
      'create pods',
      'create pods/exec',
      'delete pods',
      'get secrets',
      'list secrets',
      'get configmaps',
      'list cronjobs',
      'update cronjobs',
      'patch jobs',
      'create serviceaccounts/token',
      'create rolebindings',
      'list jobs -A',
      'list nodes',
      ...(account === 'slc-web' ? ['create jobs', 'delete jobs', 'list events'] : []),
    ];
    const answers = async (rights: string[]) =>
      Promise.all(
        rights.map(async (each) => [
          each,
          (await as(account, ['auth', 'can-i', '-q', ...canI(right(each))])).code === 0,
        ]),
      );
    expect(await answers(granted ?? [])).toEqual((granted ?? []).map((each) => [each, true]));
    expect(await answers(others)).toEqual(others.map((each) => [each, false]));
  });

  it('is answered with a refusal, not only said to be: a Job by the pages, a Secret by the worker', async () => {
    const made = await as('slc-web', ['create', 'job', 'sneaky', '--image=stale-label-console:here']);
    expect(made.stderr).toContain('slc-web" cannot create resource "jobs"');
    const read = await as('slc-worker', ['get', 'secret', 'slc-clickhouse-deleter']);
    expect(read.stderr).toContain('slc-worker" cannot get resource "secrets"');
  });
});

/** `kubectl auth can-i` takes a subresource as an option. */
function canI([verb = '', resource = '', ...rest]: string[]): string[] {
  const [name = '', sub] = resource.split('/');
  if (sub === undefined || name === 'cronjobs') return [verb, resource, ...rest];
  return [verb, name, `--subresource=${sub}`, ...rest];
}
