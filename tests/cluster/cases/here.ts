import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Browser, Page } from '@playwright/test';
import pg from 'pg';
import { expect } from 'vitest';
import { z } from 'zod';
import { freePort } from '@/scripts/support/stack.mjs';
import { attachConsole, gatesOf, namespace } from '../../../local-cluster/console.mjs';
import { startBrowser } from '../../support/browser';
import { until } from '../../support/until';
import { Job, type Run, runOf } from './answers';

const startWithinMs = 900_000;
const steps = ['check', 'snapshot', 'backup', 'delete', 'mutation', 'relabel', 'verify'] as const;
export type StepName = (typeof steps)[number];
const holdKey = 6_242;

/** The console as `npm run cluster` starts it, on its own data folder, once for all cases of this folder. */
export class Here {
  private since = '';
  /** Why the newest repair could not be started. */
  private refusal: unknown;
  private browser: Promise<Browser> | undefined;

  private constructor(
    readonly url: string,
    readonly on: Awaited<ReturnType<typeof attachConsole>>,
    private readonly child: ChildProcess,
    /** The superuser's session, which holds steps back. */
    readonly db: pg.Client,
  ) {}

  static async start(): Promise<Here> {
    const dataDir = mkdtempSync(join(tmpdir(), 'slc-on-cluster-'));
    const port = await freePort();
    const env = { ...process.env, SLC_DATA_DIR: dataDir, SLC_DEMO_CONVERSATIONS: '3000', PORT: String(port) };
    const child = spawn('npm', ['run', '-s', 'cluster'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    const ready = new Promise<string>((resolve, reject) => {
      child.stderr.on('data', (text) => (said += text));
      child.once('exit', (code) => reject(new Error(`"npm run cluster" ended with ${code}: ${said.slice(-4_000)}`)));
      createInterface({ input: child.stdout }).on('line', (line) => {
        if (line.startsWith('ready ')) resolve(line.slice('ready '.length));
      });
    });
    const late = setTimeout(() => child.kill('SIGTERM'), startWithinMs);
    const url = await ready.finally(() => clearTimeout(late));
    const keys = JSON.parse(readFileSync(join(dataDir, 'postgres.json'), 'utf8'));
    const db = new pg.Client(`postgres://admin:${keys.passwords.admin}@127.0.0.1:${keys.port}/console`);
    await db.connect();
    const here = new Here(url, await attachConsole(dataDir), child, db);
    await here.prepareHolds();
    return here;
  }

  async stop(): Promise<void> {
    await this.db.end();
    await (await this.browser)?.close();
    const ended = new Promise((resolve) => this.child.once('close', resolve));
    this.child.kill('SIGTERM');
    await ended;
    rmSync(this.on.dataDir, { recursive: true, force: true });
  }

  /** A page of somebody who has not been here yet. */
  async page(): Promise<Page> {
    this.browser ??= startBrowser();
    const settings = { baseURL: this.url, viewport: { width: 1280, height: 800 }, locale: 'en-US' };
    return (await this.browser).newPage(settings);
  }

  /** The command line with the rights of the pages: slc-web. */
  cli(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
    return new Promise((resolve) => {
      const env = { ...process.env, ...this.on.env };
      execFile(process.execPath, ['dist/cli.mjs', ...args], { env, maxBuffer: 1 << 26 }, (error, stdout, stderr) =>
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
      );
    });
  }

  /** A container waits while its gate is closed. The labeler's own image knows no kinds. */
  close(kind: string): void {
    writeFileSync(this.gate(kind), '');
  }
  open(kind: string): void {
    rmSync(this.gate(kind), { force: true });
  }
  private gate(kind: string): string {
    return join(gatesOf(this.on.dataDir), kind === 'relabel' ? 'labeler' : kind);
  }

  /** An image of this name is there from now on, as the other is. */
  push(name: string, as: string): void {
    const file = join(this.on.dataDir, 'cluster', 'images.json');
    const images = JSON.parse(readFileSync(file, 'utf8'));
    writeFileSync(file, JSON.stringify({ ...images, [name]: images[as] }));
  }

  /** Jobs since the last incident. */
  async jobs(): Promise<Job[]> {
    const { items } = JSON.parse(await this.on.kubectl(['-n', namespace, 'get', 'jobs', '-o', 'json']));
    return z
      .array(Job)
      .parse(items)
      .filter((job) => job.metadata.creationTimestamp >= this.since);
  }

  async kinds(): Promise<string[]> {
    return (await this.jobs()).map(kindOf).sort();
  }

  /** Waits for a Job of a kind whose pod runs. */
  running(kind: string): Promise<string> {
    return until(
      `a ${kind} Job runs`,
      async () => {
        const name = (await this.jobs()).find((job) => kindOf(job) === kind && job.status.active)?.metadata.name;
        if (!name) return '';
        const pods = await this.on.kubectl(['-n', namespace, 'get', 'pods', '-l', `job-name=${name}`, '-o', 'name']);
        return pods === '' ? '' : name;
      },
      240_000,
    );
  }

  /** After a test that failed half way: nothing is held, every part runs, every right is there, no run is active. */
  async recover(): Promise<void> {
    await this.db.query('SELECT pg_advisory_unlock_all()');
    for (const kind of ['backup', 'delete', 'relabel']) this.open(kind);
    await this.on.cluster.startComponent('apiserver').catch(() => undefined);
    await this.on.kubectl(['-n', namespace, 'apply', '-f', 'deploy/base/roles.yaml']);
    await this.db.query(
      `UPDATE backfill_runs SET status = 'closed' WHERE status IN ('queued', 'running', 'needs attention')`,
    );
    await this.incident();
  }

  /** Brings the incident back, without a Job of before. */
  async incident(): Promise<void> {
    await this.on.kubectl(['-n', namespace, 'delete', 'jobs', '--all']);
    const reset = await this.cli('demo', 'reset');
    expect(reset.code, reset.stderr).toBe(0);
    this.since = new Date(Math.floor(Date.now() / 1_000) * 1_000).toISOString().replace('.000', '');
  }

  /** Brings the incident back and starts its repair; `ended` resolves with the run when it ended or needs a person. */
  async repair(): Promise<{ ended: Promise<Run> }> {
    await this.incident();
    const day = ['alaska-air', '--day', '2026-02-10', '--strategy', 'replace'];
    // NOTE: the pages may make no dry run; they show the worker's, which is 15 seconds old at most.
    await until('the worker says that its Jobs are accepted', async () => {
      const { stdout } = await this.cli('plan', ...day, '--json');
      return z
        .object({ checks: z.array(z.object({ id: z.string(), verdict: z.string() })) })
        .parse(JSON.parse(stdout))
        .checks.some(({ id, verdict }) => id === 'job-accepted' && verdict === 'pass');
    });
    this.refusal = undefined;
    const ended = this.cli('backfill', ...day, '--reason', 'test', '--wait', '--json').then(runOf);
    ended.catch((error) => {
      this.refusal = error;
    });
    return { ended };
  }

  /**
   * Waits until every worker has looked at the platform twice, so that what it says of the templates is from after now: a
   * plan and its start are made from that.
   */
  async workerLooked(): Promise<void> {
    const checkedAt = async () =>
      (await this.db.query('SELECT min(launcher_checked_at) AS at FROM workers WHERE stopped_at IS NULL')).rows[0].at;
    for (let time = 0; time < 2; time += 1) {
      const before = Number(await checkedAt());
      await until('the worker has looked again', async () => Number(await checkedAt()) > before);
    }
  }

  /** The run when it ended or needs a person. */
  async ended(runId: string): Promise<Run> {
    return runOf(await this.cli('runs', 'show', runId, '--wait', '--json'));
  }

  /** Of the newest run's plan. */
  async planHash(): Promise<string> {
    const { rows } = await this.db.query('SELECT plan_hash FROM backfill_runs ORDER BY created_at DESC LIMIT 1');
    return rows[0].plan_hash;
  }

  /** Keeps a step from going on once it has begun, until `release`. */
  hold = (step: StepName) => this.db.query('SELECT pg_advisory_lock($1, $2)', [holdKey, steps.indexOf(step)]);
  release = (step: StepName) => this.db.query('SELECT pg_advisory_unlock($1, $2)', [holdKey, steps.indexOf(step)]);

  /** Waits until a step has begun and is held back. */
  held(step: StepName): Promise<unknown> {
    const waiting = `SELECT 1 FROM pg_locks
      WHERE locktype = 'advisory' AND classid = $1::int::oid AND objid = $2::int::oid AND NOT granted`;
    return until(
      `"${step}" has begun`,
      async () => {
        if (this.refusal) throw this.refusal;
        return (await this.db.query(waiting, [holdKey, steps.indexOf(step)])).rowCount === 1;
      },
      240_000,
    );
  }

  private async prepareHolds(): Promise<void> {
    await this.db.query(`
      CREATE FUNCTION hold_step() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF NEW.status = 'running' THEN
          PERFORM pg_advisory_xact_lock_shared(${holdKey},
            array_position(ARRAY[${steps.map((step) => `'${step}'`).join(', ')}], NEW.step::text) - 1);
        END IF;
        RETURN NEW;
      END $$;
      CREATE TRIGGER hold_step BEFORE INSERT ON backfill_steps FOR EACH ROW EXECUTE FUNCTION hold_step()`);
  }

  /** How often the worker ran a step again because an engine did not answer. */
  stepsRunAgain(): number {
    const log = readFileSync(join(this.on.dataDir, 'logs', 'worker.log'), 'utf8');
    return log.split('"a step is run again"').length - 1;
  }
}

export const verified = { status: 'verified', stopped: null };
export const kindOf = (job: Job) => job.metadata.name.split('-')[0] ?? '';
