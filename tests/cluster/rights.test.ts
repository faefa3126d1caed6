import { describe, expect, it } from 'vitest';
import type { Launcher } from '@/lib/jobs/launcher';
import { labelerVariables } from '@/lib/jobs/manifest';
import { until } from '../support/until';
import { accountsStage, namespace, spec } from './support/accounts';

const stage = accountsStage();
const { kubectl, launcherWith, tokenOf, workerToken } = stage;

function cronJob(env: string[]) {
  const container = { name: 'label', image: 'labeler:1', env: env.map((name) => ({ name, value: '' })) };
  const template = { spec: { restartPolicy: 'Never', containers: [container] } };
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'cron-label-conversations', namespace },
    spec: { schedule: '0 0 1 1 *', suspend: true, jobTemplate: { spec: { template } } },
  };
}

describe('the self-check', () => {
  const faults = async (launcher: Launcher) =>
    (await launcher.check()).findings.filter((finding) => finding.status !== 'ok' && finding.status !== 'unknown');

  it('names a CronJob that is not there, variables that its container lacks, and nothing once all is there', async () => {
    const launcher = await launcherWith(await workerToken());
    expect(await faults(launcher)).toEqual([
      { what: 'CronJob cron-label-conversations', status: 'failed', sentence: `It does not exist in ${namespace}.` },
    ]);
    await kubectl(['create', '-f', '-'], cronJob([]));
    expect(await faults(launcher)).toMatchObject([{ what: 'variables of the labeler', status: 'warning' }]);
    await kubectl(['replace', '-f', '-'], cronJob([...labelerVariables]));
    expect(await faults(launcher)).toEqual([]);
    const account = `system:serviceaccount:${namespace}:slc-worker`;
    expect(await launcher.check()).toMatchObject({ platform: 'kubernetes', cluster: 'here', namespace, account });
  });

  it('says of each image what its newest pod shows: not known, cannot be pulled, was there', async () => {
    const launcher = await launcherWith(await workerToken());
    const images = async () =>
      (await launcher.check()).findings
        .filter((finding) => finding.what.startsWith('image of'))
        .map(({ what, status, sentence }) => [what, status, sentence.split(' ').slice(0, 4).join(' ')]);
    expect(await images()).toEqual([
      ['image of the labeler', 'unknown', 'No pod has run'],
      ['image of own Jobs', 'unknown', 'No pod has run'],
    ]);
    await kubectl(['-n', namespace, 'create', 'job', 'by-hand', '--from=cronjob/cron-label-conversations']);
    await kubectl(['-n', namespace, 'create', 'job', 'other', '--image=stale-label-console']);
    await until('both cannot be pulled', async () => (await images()).every(([, status]) => status === 'failed'));
    expect(await images()).toEqual([
      ['image of the labeler', 'failed', 'labeler:1 cannot be pulled'],
      ['image of own Jobs', 'failed', 'stale-label-console cannot be pulled'],
    ]);
    stage.cluster.setImages({ 'labeler:1': { command: ['true'] }, 'stale-label-console': { command: ['true'] } });
    await until('both were there', async () => (await images()).every(([, status]) => status === 'ok'));
  });

  it('names a container that is not there, and a template of own Jobs that is missing or has no container "job"', async () => {
    const wrong = { SLC_KUBERNETES_CONTAINER: 'other', SLC_KUBERNETES_JOB_TEMPLATE: 'prod-slc-job' };
    const launcher = await launcherWith(await workerToken(), stage.cluster.server, wrong);
    expect(await faults(launcher)).toEqual([
      expect.objectContaining({ what: 'CronJob cron-label-conversations' }),
      {
        what: 'CronJob prod-slc-job',
        status: 'failed',
        sentence: `There is no CronJob prod-slc-job in ${namespace}, from which backup and delete Jobs are made. Apply deploy/base, or set SLC_KUBERNETES_JOB_TEMPLATE to its name.`,
      },
    ]);
    await expect(launcher.launch({ ...spec, kind: 'delete' })).rejects.toMatchObject({ code: 'refused' });
    const without = await launcherWith(await workerToken(), stage.cluster.server, {
      SLC_KUBERNETES_JOB_TEMPLATE: 'cron-label-conversations',
    });
    expect((await faults(without)).map(({ sentence }) => sentence)).toEqual([
      'The CronJob of backup and delete Jobs has the container label, and none named job.',
    ]);
  });

  it('names the right that was withdrawn, a launch is refused with it, and both go on when it is back', async () => {
    const launcher = await launcherWith(await workerToken());
    const role = JSON.parse(await kubectl(['-n', namespace, 'get', 'role', 'slc-worker', '-o', 'json']));
    const rules = role.rules.map((rule: { resources: string[] }) =>
      rule.resources.includes('jobs') ? { ...rule, verbs: ['get', 'list', 'delete'] } : rule,
    );
    const merge = (given: object) => ['patch', 'role', 'slc-worker', '--type=merge', '-p', JSON.stringify(given)];
    await kubectl(['-n', namespace, ...merge({ rules })]);
    await until('the right is gone', async () => (await faults(launcher)).length > 0);
    expect((await faults(launcher)).map((finding) => finding.what)).toEqual(['right to create jobs']);
    await expect(launcher.launch(spec)).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('cannot create resource "jobs"'),
    });
    expect(await launcher.preview(spec)).toMatchObject({ verdict: 'fail' });
    await kubectl(['-n', namespace, ...merge({ rules: role.rules })]);
    await until('the right is back', async () => (await faults(launcher)).length === 0);
    expect(await launcher.launch(spec)).toEqual({ outcome: 'launched' });
  });
});

describe('whether a Job is accepted', () => {
  const dryRuns = async (launcher: Launcher) =>
    (await launcher.check()).findings
      .filter(({ what }) => what.startsWith('dry run'))
      .map(({ what, status }) => `${what}: ${status}`);

  it('is unknown to the account of the pages, who leave it to the worker; the worker’s own check says it', async () => {
    const web = await launcherWith(await tokenOf('slc-web'), stage.cluster.server, {}, false);
    expect(await web.preview(spec)).toMatchObject({ verdict: 'unknown', byWorker: true });
    expect(await dryRuns(web)).toEqual([]);
    const worker = await launcherWith(await workerToken());
    expect(await dryRuns(worker)).toEqual(['dry run of relabel Jobs: ok', 'dry run of restore Jobs: ok']);
  });
});
