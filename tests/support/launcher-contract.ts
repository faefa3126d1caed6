import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Launcher } from '@/lib/jobs/launcher';
import type { JobSpec, JobStatus } from '@/lib/jobs/model';
import { jobName } from '@/lib/jobs/name';
import { until } from './until';

export type ContractPlatform = {
  /** A launcher of the platform; a second call gives another that sees the same Jobs. Its relabel is contract-job. */
  makeLauncher(): Promise<Launcher>;
  /** A path that a Job can append to and the test can read. */
  marksPath(): string;
  stop(): Promise<void>;
};

const ended = (status: JobStatus | undefined) => status?.state === 'succeeded' || status?.state === 'failed';

/**
 * What every launcher guarantees, using only Job specs. `start` prepares the platform so that a relabel Job runs
 * `tests/support/contract-job.mjs`.
 */
export function launcherContract(platform: string, start: () => Promise<ContractPlatform>): void {
  describe(`the ${platform} launcher`, () => {
    let here: ContractPlatform;
    let launcher: Launcher;
    beforeAll(async () => {
      here = await start();
      launcher = await here.makeLauncher();
    });
    afterAll(async () => {
      await launcher?.close();
      await here?.stop();
    });

    const order = (envOverrides: Record<string, string> = {}, more: Partial<JobSpec> = {}): JobSpec => {
      const of = { runId: randomUUID(), itemId: randomUUID(), attempt: 1 };
      const name = jobName({ kind: 'relabel', unit: '2026-02-10', ...of });
      const annotations = { run: of.runId, item: of.itemId, attempt: '1' };
      return { name, kind: 'relabel', envOverrides, deadlineSeconds: 120, annotations, ...more };
    };
    const statusOf = async (name: string) => (await launcher.inspect([name]))[0] as JobStatus;
    const reached = (name: string, state: JobStatus['state']) =>
      until(`${name} is ${state}`, async () => {
        const status = await statusOf(name);
        if (ended(status) && status.state !== state) throw new Error(`${name}: ${status.state}. ${status.sentence}`);
        return status.state === state && status;
      });
    const said = (name: string, line: string) =>
      until(`${name} says ${line}`, async () => (await launcher.logs(name, 50)).split('\n').includes(line));
    const starts = (path: string) => (existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n').length : 0);

    it('runs a Job to its end and keeps its exit code, instants and what it printed', async () => {
      const spec = order({ JOB_SAYS: 'one|two|three' });
      expect(await launcher.launch(spec)).toEqual({ outcome: 'launched' });
      const status = await reached(spec.name, 'succeeded');
      expect(status.exitCode).toBe(0);
      expect(status.startedAt).toBeLessThanOrEqual(status.endedAt ?? 0);
      expect(status.sentence).toMatch(/^[A-Z].*\.$/);
      expect(await launcher.logs(spec.name, 100)).toBe('one\ntwo\nthree\n');
      expect(await launcher.logs(spec.name, 2)).toBe('two\nthree\n');
    });

    it('reports a Job that exits with a code of its own as failed, with that code', async () => {
      const spec = order({ JOB_SAYS: 'no good', JOB_EXITS: '3' });
      await launcher.launch(spec);
      const status = await reached(spec.name, 'failed');
      expect(status.exitCode).toBe(3);
      expect(status.sentence).toContain('3');
      expect(await launcher.logs(spec.name, 10)).toBe('no good\n');
    });

    it('shows what a Job prints while it runs', async () => {
      const spec = order({ JOB_SAYS: 'begun', JOB_SAYS_ALSO: 'finished', JOB_RUNS_MS: '60000' });
      await launcher.launch(spec);
      await said(spec.name, 'begun');
      expect((await statusOf(spec.name)).state).toBe('running');
      expect(await launcher.logs(spec.name, 10)).toBe('begun\n');
      await launcher.stop(spec.name);
    });

    it('adopts a Job of the same spec, running or ended, and never starts it twice', async () => {
      const marks = here.marksPath();
      const spec = order({ JOB_MARKS: marks, JOB_SAYS: 'begun', JOB_RUNS_MS: '500' });
      await launcher.launch(spec);
      await said(spec.name, 'begun');
      expect(await launcher.launch(structuredClone(spec))).toEqual({ outcome: 'adopted' });
      await reached(spec.name, 'succeeded');
      expect(await launcher.launch(structuredClone(spec))).toEqual({ outcome: 'adopted' });
      expect((await statusOf(spec.name)).state).toBe('succeeded');
      expect(starts(marks)).toBe(1);
    });

    it('adopts a spec whose entries come in another order', async () => {
      const spec = order({ JOB_SAYS: 'same', JOB_EXITS: '0' });
      await launcher.launch(spec);
      const turned = { ...spec, envOverrides: { JOB_EXITS: '0', JOB_SAYS: 'same' } };
      expect(await launcher.launch(turned)).toEqual({ outcome: 'adopted' });
    });

    it('refuses another spec under a taken name, and leaves the Job alone', async () => {
      const spec = order({ JOB_SAYS: 'mine' });
      await launcher.launch(spec);
      await reached(spec.name, 'succeeded');
      for (const other of [
        { ...spec, envOverrides: { JOB_SAYS: 'theirs' } },
        { ...spec, deadlineSeconds: 121 },
        { ...spec, annotations: { ...spec.annotations, attempt: '2' } },
      ]) {
        await expect(launcher.launch(other)).rejects.toMatchObject({ name: 'AppError', code: 'conflict' });
      }
      expect(await launcher.logs(spec.name, 10)).toBe('mine\n');
    });

    it('starts one Job when two launchers race for a name', async () => {
      const marks = here.marksPath();
      const second = await here.makeLauncher();
      const spec = order({ JOB_MARKS: marks, JOB_RUNS_MS: '200' });
      const outcomes = await Promise.all([launcher, second, launcher, second].map((one) => one.launch(spec)));
      expect(outcomes.map((one) => one.outcome).sort()).toEqual(['adopted', 'adopted', 'adopted', 'launched']);
      await reached(spec.name, 'succeeded');
      expect(starts(marks)).toBe(1);
      await second.close();
    });

    it('lets one of two specs win a race for a name, and refuses the other', async () => {
      const one = order({ JOB_SAYS: 'one' });
      const other = { ...one, envOverrides: { JOB_SAYS: 'other' } };
      const outcomes = await Promise.allSettled([launcher.launch(one), launcher.launch(other)]);
      const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason.code] : []));
      expect(refused).toEqual(['conflict']);
      await reached(one.name, 'succeeded');
      expect(await launcher.logs(one.name, 10)).toBe(outcomes[0].status === 'fulfilled' ? 'one\n' : 'other\n');
    });

    it('knows the Jobs of an earlier launcher: state, log, stop', async () => {
      const first = await here.makeLauncher();
      const spec = order({ JOB_SAYS: 'begun', JOB_RUNS_MS: '60000' });
      await first.launch(spec);
      await first.close();
      await said(spec.name, 'begun');
      expect((await statusOf(spec.name)).state).toBe('running');
      expect(await launcher.launch(spec)).toEqual({ outcome: 'adopted' });
      await launcher.stop(spec.name);
      expect((await statusOf(spec.name)).state).not.toBe('running');
    });

    it('ends nothing but the Job it is told to stop, and returns when nothing of it runs', async () => {
      const marks = here.marksPath();
      const spec = order({ JOB_MARKS: marks, JOB_RUNS_MS: '60000' });
      const other = order({ JOB_SAYS: 'other', JOB_RUNS_MS: '60000' });
      await Promise.all([launcher.launch(spec), launcher.launch(other)]);
      await until('the Job has begun', () => starts(marks) === 1);
      await said(other.name, 'other');
      await launcher.stop(spec.name);
      const pid = Number(readFileSync(marks, 'utf8'));
      expect(() => process.kill(pid, 0)).toThrow('ESRCH');
      expect(['failed', 'unknown']).toContain((await statusOf(spec.name)).state);
      expect((await statusOf(other.name)).state).toBe('running');
      await launcher.stop(other.name);
    });

    it('stops a Job that ignores SIGTERM', async () => {
      const marks = here.marksPath();
      const spec = order({ JOB_MARKS: marks, JOB_IGNORES_TERM: '1', JOB_SAYS: 'deaf', JOB_RUNS_MS: '60000' });
      await launcher.launch(spec);
      await said(spec.name, 'deaf');
      await launcher.stop(spec.name);
      expect(() => process.kill(Number(readFileSync(marks, 'utf8')), 0)).toThrow('ESRCH');
    });

    it('takes a second stop, a stop of an ended Job and of an unknown one without complaint', async () => {
      const spec = order({ JOB_RUNS_MS: '60000' });
      await launcher.launch(spec);
      await Promise.all([launcher.stop(spec.name), launcher.stop(spec.name)]);
      await launcher.stop(spec.name);
      const done = order();
      await launcher.launch(done);
      const before = await reached(done.name, 'succeeded');
      await launcher.stop(done.name);
      expect(await statusOf(done.name)).toEqual(before);
      await launcher.stop(order().name);
    });

    it('calls a name that left no trace unknown, in the order asked, and has no log of it', async () => {
      const spec = order();
      await launcher.launch(spec);
      const never = order();
      const states = (await launcher.inspect([never.name, spec.name, never.name])).map((status) => status.name);
      expect(states).toEqual([never.name, spec.name, never.name]);
      expect(await statusOf(never.name)).toMatchObject({ state: 'unknown', exitCode: null, startedAt: null });
      expect(await launcher.logs(never.name, 10)).toBe('');
      expect(await launcher.inspect([])).toEqual([]);
    });

    it('ends a Job at its deadline and says so', async () => {
      const spec = order({ JOB_SAYS: 'begun', JOB_RUNS_MS: '60000' }, { deadlineSeconds: 2 });
      await launcher.launch(spec);
      const status = await reached(spec.name, 'failed');
      expect(status.sentence).toMatch(/deadline/);
    });

    it('previews a Job without starting it', async () => {
      const marks = here.marksPath();
      const spec = order({ JOB_MARKS: marks });
      expect(await launcher.preview(spec)).toMatchObject({ verdict: 'pass' });
      expect((await statusOf(spec.name)).state).toBe('unknown');
      expect(starts(marks)).toBe(0);
    });

    it('names what Jobs are made from, the same for each launcher and each time it is asked', async () => {
      const template = await launcher.template();
      expect(Object.keys(template)).toContain('labeler’s command');
      expect(Object.values(template).filter((part) => typeof part !== 'string')).toEqual([]);
      const second = await here.makeLauncher();
      expect(await second.template()).toEqual(template);
      await second.close();
    });

    it('says whether the scheduled labeler runs, in a sentence', async () => {
      const answer = await launcher.scheduledLabelerRunning();
      expect(answer.running).not.toBe(true);
      expect(answer.sentence).toMatch(/^[A-Z].*\.$/);
    });
  });
}
