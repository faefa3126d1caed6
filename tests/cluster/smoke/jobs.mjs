import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  api,
  condition,
  containerOf,
  create,
  finished,
  gate,
  get,
  isAlive,
  job,
  kubectl,
  list,
  namespace,
  open,
  pidOf,
  podOf,
  running,
  until,
} from './stage.mjs';

describe('jobs', { concurrency: 6 }, () => {
  it('a CronJob runs on schedule, a suspended one does not, and its template makes a Job by hand', async () => {
    const ns = await namespace('cron');
    const cron = (name, suspend) => ({
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { name, namespace: ns },
      spec: { schedule: '* * * * *', suspend, jobTemplate: { spec: job(ns, name, 'echo ran').spec } },
    });
    await create(cron('active', false));
    await create(cron('asleep', true));
    await kubectl('create', 'job', 'by-hand', '--from=cronjob/asleep', '-n', ns);
    assert.equal((await until(() => finished(ns, 'by-hand'))).type, 'Complete');
    const jobs = () => list('jobs', ns);
    const ownedBy = (name) => (each) =>
      each.metadata.ownerReferences?.[0].name === name &&
      !each.metadata.annotations?.['cronjob.kubernetes.io/instantiate'];
    await until(async () => (await jobs()).some((each) => ownedBy('active')(each) && condition(each, 'Complete')), 120);
    assert.equal((await jobs()).filter(ownedBy('asleep')).length, 0);
  });

  it('exit codes make a Job Complete or Failed, and its TTL removes it', async () => {
    const ns = await namespace('exits');
    await create(job(ns, 'good', 'exit 0'));
    await create(job(ns, 'brief', 'exit 0', { ttlSecondsAfterFinished: 1 }));
    await create(
      job(ns, 'bad', 'echo no such day; exit 3', {}, {}, { terminationMessagePolicy: 'FallbackToLogsOnError' }),
    );
    assert.equal((await until(() => finished(ns, 'good'))).type, 'Complete');
    assert.equal((await until(() => finished(ns, 'bad'))).reason, 'BackoffLimitExceeded');
    const { state } = await containerOf(ns, 'bad');
    const { exitCode, reason, message, finishedAt } = state.terminated;
    assert.deepEqual([exitCode, reason, message], [3, 'Error', 'no such day']);
    assert.ok(finishedAt);
    await until(async () => !(await get('jobs', 'brief', ns)));
  });

  it('logs follow a running container, and give the tail of an ended one', async () => {
    const ns = await namespace('logs');
    await create(job(ns, 'talk', `echo line 1; ${gate}; for i in 2 3 4 5; do echo line $i; done`));
    const pod = await running(ns, 'talk');
    const followed = kubectl('logs', '-n', ns, '-f', 'job/talk');
    await sleep(1000);
    open(pod);
    assert.equal(await followed, 'line 1\nline 2\nline 3\nline 4\nline 5\n');
    assert.equal(await kubectl('logs', '-n', ns, '--tail=2', 'job/talk'), 'line 4\nline 5\n');
    assert.equal(await kubectl('logs', '-n', ns, '--tail=0', 'job/talk'), '');
    assert.match(await kubectl('logs', '-n', ns, '--tail=1', '--timestamps', 'job/talk'), /^\d{4}-\S+Z line 5\n$/);
  });

  it('a container sees its own environment, secrets and command line only', async () => {
    const ns = await namespace('env');
    await kubectl('create', 'secret', 'generic', 'login', '--from-literal=PASSWORD=hidden', '-n', ns);
    await kubectl('create', 'configmap', 'settings', '--from-literal=A=1', '--from-literal=B=2', '-n', ns);
    const env = [
      { name: 'B', value: 'mine' },
      { name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'login', key: 'PASSWORD' } } },
      { name: 'NS', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
      { name: 'BOTH', value: '$(A)-$(NS)-$(NOWHERE)' },
    ];
    const script = 'echo "$A,$B,$PASSWORD,$NS,$BOTH,$FROM_IMAGE,$(printenv KUBECONFIG || echo none)"; basename "$PWD"';
    await create(job(ns, 'look', script, {}, {}, { env, envFrom: [{ configMapRef: { name: 'settings' } }] }));
    await create(job(ns, 'cmd', '', {}, {}, { args: undefined }));
    await create(job(ns, 'entry', '', {}, {}, { command: ['printf', '%s.'], args: ['$(FROM_IMAGE)'] }));
    for (const name of ['look', 'cmd', 'entry']) await until(() => finished(ns, name));
    assert.equal(await kubectl('logs', '-n', ns, 'job/look'), '1,mine,hidden,env,1-env-$(NOWHERE),yes,none\nwork\n');
    assert.equal(await kubectl('logs', '-n', ns, 'job/cmd'), 'default\n');
    assert.equal(await kubectl('logs', '-n', ns, 'job/entry'), 'yes.');
  });

  it('a pod that cannot start or must not go on says why', async () => {
    const ns = await namespace('trouble');
    const limits = (value) => ({ resources: { limits: value } });
    const eatMemory = 'const held = []; setInterval(() => held.push(Buffer.alloc(2e7, 1)), 20)';
    await create(job(ns, 'no-image', '', {}, {}, { image: 'registry.example/none:1' }));
    await create(job(ns, 'no-secret', '', {}, {}, { envFrom: [{ secretRef: { name: 'absent' } }] }));
    await create(job(ns, 'too-big', '', {}, {}, { resources: { requests: { cpu: '999' } } }));
    await create(job(ns, 'too-late', 'sleep 60', {}, { activeDeadlineSeconds: 1 }));
    await create(job(ns, 'greedy', '', {}, {}, { image: 'node', args: [eatMemory], ...limits({ memory: '200Mi' }) }));
    await create(
      job(ns, 'messy', 'head -c 3000000 /dev/zero > file; sleep 60', {}, {}, limits({ 'ephemeral-storage': '1Mi' })),
    );
    const waits = (name, reason) => until(async () => (await containerOf(ns, name))?.state.waiting?.reason === reason);
    await waits('no-image', 'ErrImagePull');
    await waits('no-image', 'ImagePullBackOff');
    await waits('no-secret', 'CreateContainerConfigError');
    await until(async () => (await containerOf(ns, 'greedy'))?.state.terminated?.reason === 'OOMKilled');
    await until(async () => (await podOf(ns, 'too-late'))?.status.reason === 'DeadlineExceeded');
    await until(async () => (await podOf(ns, 'messy'))?.status.reason === 'Evicted');
    const scheduled = (await podOf(ns, 'too-big')).status.conditions.find((each) => each.type === 'PodScheduled');
    assert.equal(scheduled.reason, 'Unschedulable');
  });

  it('OnFailure restarts a container in its pod, and its earlier log stays readable', async () => {
    const ns = await namespace('restart');
    const script = 'test -e seen && { echo second; exit 0; }; touch seen; echo first; exit 1';
    await create(job(ns, 'twice', script, {}, { restartPolicy: 'OnFailure' }));
    assert.equal((await until(() => finished(ns, 'twice'))).type, 'Complete');
    assert.equal((await containerOf(ns, 'twice')).restartCount, 1);
    assert.equal(await kubectl('logs', '-n', ns, 'job/twice'), 'second\n');
    assert.equal(await kubectl('logs', '-n', ns, '--previous', 'job/twice'), 'first\n');
  });

  it('a foreground delete needs the right uid, and ends when the process is dead', async () => {
    const ns = await namespace('delete');
    await create(job(ns, 'stubborn', "trap '' TERM; while true; do sleep 1; done"));
    const pod = await running(ns, 'stubborn');
    const path = `/apis/batch/v1/namespaces/${ns}/jobs/stubborn`;
    const options = (uid) => ({
      kind: 'DeleteOptions',
      apiVersion: 'v1',
      propagationPolicy: 'Foreground',
      preconditions: { uid },
    });
    const wrong = await api('DELETE', path, { body: options('00000000-0000-0000-0000-000000000000') });
    assert.deepEqual([wrong.status, wrong.body.reason], [409, 'Conflict']);
    const { uid } = (await get('jobs', 'stubborn', ns)).metadata;
    assert.equal((await api('DELETE', path, { body: options(uid) })).status, 200);
    await until(async () => !(await podOf(ns, 'stubborn')));
    assert.equal(isAlive(pidOf(pod)), false);
    await until(async () => !(await get('jobs', 'stubborn', ns)));
  });
});
