import { expect, it } from 'vitest';
import type { Launcher } from '@/lib/jobs/launcher';
import type { JobSpec } from '@/lib/jobs/model';
import { until } from '../../support/until';
import { type Change, cronJob } from './cron-job';

export type Tools = {
  kubectl(args: string[], input?: object): Promise<string>;
  order(): JobSpec;
  /** A launcher in a new namespace of this name with this CronJob. */
  launcherIn(name: string, cronJob: object): Promise<Launcher>;
};

/** What a Job waits for, and how it ended, each as its sentence on a real cluster. */
export function jobStateCases({ kubectl, order, launcherIn }: Tools): void {
  const waits = (launcher: Launcher, name: string, sentence: RegExp) =>
    until(`${name} says ${sentence}`, async () => {
      const [status] = await launcher.inspect([name]);
      return status?.state === 'pending' && sentence.test(status.sentence);
    });

  it.each<[string, string, Change, RegExp]>([
    ['an image', 'image', (container) => Object.assign(container, { image: 'nowhere:1' }), /image cannot be pulled/],
    [
      'a node',
      'node',
      (container) => Object.assign(container, { resources: { requests: { cpu: '500' } } }),
      /No node can take its pod/,
    ],
    [
      'a Secret',
      'secret',
      (container) => Object.assign(container, { envFrom: [{ secretRef: { name: 'absent' } }] }),
      /does not start \(CreateContainerConfigError\): .*absent/,
    ],
    [
      'a service account',
      'account',
      (_, pod) => Object.assign(pod, { serviceAccountName: 'nobody' }),
      /Waits for its pod\. .*serviceaccount "nobody" not found/,
    ],
    [
      'a gate of a queue',
      'gate',
      (_, pod) => Object.assign(pod, { schedulingGates: [{ name: 'example.com/queue' }] }),
      /Its pod may not start yet \(SchedulingGated\): .*gates/,
    ],
  ])('waits with a sentence for %s that is not there, and can be stopped', async (_, name, change, sentence) => {
    const launcher = await launcherIn(name, cronJob(change));
    const spec = order();
    await launcher.launch(spec);
    await waits(launcher, spec.name, sentence);
    await launcher.stop(spec.name);
    expect((await launcher.inspect([spec.name]))[0]?.state).toBe('unknown');
  });

  it('waits with a sentence while a quota leaves it no pod', async () => {
    const launcher = await launcherIn('quota', cronJob());
    await kubectl(['-n', 'quota', 'create', 'quota', 'none', '--hard=pods=0']);
    const spec = order();
    await launcher.launch(spec);
    await waits(launcher, spec.name, /exceeded quota/);
    await launcher.stop(spec.name);
  });

  it('whose pod was deleted while it ran failed in passing, and says so', async () => {
    const launcher = await launcherIn('drained', cronJob());
    const spec = { ...order(), envOverrides: { JOB_RUNS_MS: '60000' } };
    await launcher.launch(spec);
    const ended = (state: string) =>
      until(`${spec.name} is ${state}`, async () => {
        const [status] = await launcher.inspect([spec.name]);
        return status?.state === state && status;
      });
    await ended('running');
    await kubectl(['-n', 'drained', 'delete', 'pods', '-l', `job-name=${spec.name}`]);
    expect(await ended('failed')).toMatchObject({
      passing: true,
      sentence: expect.stringMatching(/^Its pod was deleted /),
    });
  });

  it('that is being deleted is adopted and watched until it is gone', async () => {
    const launcher = await launcherIn('leaving', cronJob());
    const spec = { ...order(), envOverrides: { JOB_RUNS_MS: '60000' } };
    await launcher.launch(spec);
    const held = (finalizers: string[]) =>
      kubectl([
        '-n',
        'leaving',
        'patch',
        'job',
        spec.name,
        '--type=merge',
        '-p',
        JSON.stringify({ metadata: { finalizers } }),
      ]);
    await held(['example.com/held']);
    await kubectl(['-n', 'leaving', 'delete', 'job', spec.name, '--wait=false']);
    expect(await launcher.launch(spec)).toEqual({ outcome: 'adopted' });
    expect((await launcher.inspect([spec.name]))[0]).toMatchObject({ state: 'running', sentence: 'Being stopped.' });
    await held([]);
    await until('it is gone', async () => (await launcher.inspect([spec.name]))[0]?.state === 'unknown');
  });

  it('that ran out of memory, and one whose pod was evicted, say so and are failed', async () => {
    const greedy = 'const held = []; setInterval(() => held.push(Buffer.alloc(2e7, 1)), 20)';
    const messy = "require('node:fs').writeFileSync('file', Buffer.alloc(3e6)); setInterval(() => {}, 1000)";
    const job = (program: string, limits: object) =>
      cronJob((container) => Object.assign(container, { image: 'node:1', args: [program], resources: { limits } }));
    const launched = async (name: string, given: object) => {
      const launcher = await launcherIn(name, given);
      const spec = order();
      await launcher.launch(spec);
      return until(`${spec.name} failed`, async () => {
        const [status] = await launcher.inspect([spec.name]);
        return status?.state === 'failed' && status.sentence;
      });
    };
    expect(await launched('memory', job(greedy, { memory: '200Mi' }))).toContain('Ran out of memory and was killed.');
    expect(await launched('storage', job(messy, { 'ephemeral-storage': '1Mi' }))).toContain(
      'Its pod was evicted from the node: Pod ephemeral local storage usage exceeds',
    );
  });
}
