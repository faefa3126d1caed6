import { describe, expect, it } from 'vitest';
import { labelerImage, namespace } from '../../../local-cluster/console.mjs';
import { until } from '../../support/until';
import { resume, withdrawBinding } from './browser';
import { type Here, kindOf, type StepName, verified } from './here';

const kinds = ['backup', 'delete', 'relabel'];

export function repairCases(here: () => Here): void {
  describe('a repair on Kubernetes', () => {
    it('goes on after the API server was killed in the middle of each of its seven steps, with one Job a kind, and by another release’s own Jobs', async () => {
      const { cluster } = here().on;
      const between: StepName[] = ['check', 'snapshot', 'mutation', 'verify'];
      for (const kind of kinds) here().close(kind);
      for (const step of between) await here().hold(step);
      const { ended } = await here().repair();

      async function outageDuring(step: StepName, work?: () => Promise<unknown>): Promise<void> {
        const isJob = kinds.includes(step);
        await (isJob ? here().running(step) : here().held(step));
        await cluster.stopComponent('apiserver');
        if (isJob) here().open(step);
        else await here().release(step);
        await work?.();
        await cluster.startComponent('apiserver');
      }
      const metOutage = async (step: StepName) => {
        const before = here().stepsRunAgain();
        return () => until(`"${step}" met the outage`, () => here().stepsRunAgain() > before);
      };
      await here().held('check');
      await here().on.kubectl(['-n', namespace, 'set', 'env', 'cronjob/slc-job', 'RELEASE=2']);
      await outageDuring('check', await metOutage('check'));
      await outageDuring('snapshot');
      await outageDuring('backup');
      await outageDuring('delete');
      await outageDuring('mutation', await metOutage('mutation'));
      await outageDuring('relabel');
      // The count needs nothing of Kubernetes: it ends while there is none.
      await outageDuring('verify', async () => expect(await ended).toMatchObject(verified));
      expect(await here().kinds()).toEqual(kinds);
      const { stdout } = await here().cli('runs', 'show', (await ended).id, '--json');
      expect(stdout).toContain('The settings of backup and delete Jobs changed.');
      const found = 'stale-label-console/customer=alaska-air,stale-label-console/day=2026-02-10';
      const jobs = await here().on.kubectl(['-n', namespace, 'get', 'jobs', '-l', found, '-o', 'name']);
      expect(jobs.trim().split('\n')).toHaveLength(kinds.length);
    });

    it('goes on after its rights were withdrawn for a while, a Job gone by its TTL unseen, an image pushed late, a Job deleted by hand, a pod killed', async () => {
      for (const kind of kinds) here().close(kind);
      const { ended } = await here().repair();
      await here().running('backup');
      const binding = await withdrawBinding(here());
      here().open('backup');
      await until('the backup is done', async () =>
        (await here().jobs()).some((job) => kindOf(job) === 'backup' && job.status.succeeded === 1),
      );
      await binding.restore();

      const name = await here().running('delete');
      const patch = JSON.stringify({ spec: { ttlSecondsAfterFinished: 0 } });
      await here().on.kubectl(['-n', namespace, 'patch', 'job', name, '-p', patch]);
      const image = (labeler: string) =>
        here().on.kubectl(['-n', namespace, 'set', 'image', 'cronjob/cron-label-conversations', `*=${labeler}`]);
      await image('pushed-late:1');
      here().open('delete');

      await until('the step says what the relabel waits for', async () => {
        const said = 'Its image cannot be pulled (%';
        const steps = await here().db.query('SELECT 1 FROM backfill_steps WHERE sentence LIKE $1', [said]);
        return steps.rowCount === 1;
      });
      here().push('pushed-late:1', labelerImage);
      const byHand = await here().running('relabel');
      await here().on.kubectl(['-n', namespace, 'delete', 'job', byHand]);
      const killed = await here().running('relabel');
      expect(killed).not.toBe(byHand);
      const pods = ['pods', '-l', `job-name=${killed}`, '--force', '--grace-period=0'];
      await here().on.kubectl(['-n', namespace, 'delete', ...pods]);
      here().open('relabel');
      expect(await ended).toMatchObject(verified);
      expect(new Set(await here().kinds())).toEqual(new Set(['backup', 'relabel']));
      await image(labelerImage);
      await here().workerLooked();
    });

    it('stops with a sentence where the CronJob’s template changed since the plan or a step’s right is missing, and resumes there', async () => {
      const set = (env: string) =>
        here().on.kubectl(['-n', namespace, 'set', 'env', 'cronjob/cron-label-conversations', env]);
      const attention = (failure: string) => ({
        status: 'needs attention',
        stopped: { failure: expect.stringContaining(failure) },
      });
      await here().hold('check');
      await here().hold('relabel');
      let { ended } = await here().repair();
      async function stopped(step: StepName, failure: string, repaired: () => Promise<unknown>): Promise<void> {
        await here().release(step);
        const run = await ended;
        expect(run).toMatchObject(attention(failure));
        await repaired();
        await here().hold(step);
        await resume(here(), run.id);
        ended = here().ended(run.id);
        ended.catch(() => undefined);
        await here().held(step);
      }
      const refusal = 'forbidden: User "system:serviceaccount:stale-labels:slc-worker"';

      await here().held('check');
      await set('MODE=other');
      const seen = ['--day', '2026-02-10', '--plan-hash', await here().planHash()];
      await until('the worker has said what Jobs are made from now', async () =>
        (await here().cli('backfill', 'alaska-air', ...seen)).stderr.includes('The labeler’s environment changed.'),
      );
      await stopped('check', 'The labeler’s environment changed.', () => set('MODE-'));
      const early = await withdrawBinding(here());
      await stopped('check', refusal, early.restore);
      await here().release('check');

      await here().held('relabel');
      const late = await withdrawBinding(here());
      await stopped('relabel', refusal, late.restore);
      await here().release('relabel');
      expect(await ended).toMatchObject(verified);
      expect(await here().kinds()).toEqual(kinds);
    });
  });
}
