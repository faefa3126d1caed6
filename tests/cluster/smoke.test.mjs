// What the test cluster promises to the tests that stand on it. Run: node --test tests/cluster/
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startCluster } from './up.mjs';

const dataDir = mkdtempSync(join(tmpdir(), 'slc-cluster-'));
const images = {
  shell: { command: ['sh', '-c'], args: ['echo default'], env: { FROM_IMAGE: 'yes' } },
  node: { command: [process.execPath, '-e'] },
};
/** @type {import('./up.mjs').Cluster} */
let cluster;

before(async () => {
  cluster = await startCluster({ dataDir, images });
});
after(async () => {
  await cluster?.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

async function kubectl(...args) {
  const { code, stdout, stderr } = await cluster.kubectl(args);
  assert.equal(code, 0, stderr);
  return stdout;
}

const paths = {
  serviceaccounts: '/api/v1',
  resourcequotas: '/api/v1',
  pods: '/api/v1',
  jobs: '/apis/batch/v1',
};

/** Objects of a kind; polled without kubectl, of which each call costs 0.1 s of CPU. */
async function list(kind, ns, labelSelector = '') {
  const { status, body } = await api('GET', `${paths[kind]}/namespaces/${ns}/${kind}?labelSelector=${labelSelector}`);
  assert.equal(status, 200, body.message);
  return body.items;
}

async function get(kind, name, ns) {
  return (await list(kind, ns)).find((each) => each.metadata.name === name);
}

/** The process of a component that runs. */
function componentPid(name) {
  const isIt = (pid) => {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      return command.includes(`\0component\0${name}\0`) && command.includes(dataDir);
    } catch {
      return false; // it has ended since
    }
  };
  const pid = readdirSync('/proc').find((entry) => /^\d+$/.test(entry) && isIt(entry));
  assert.ok(pid, `${name} does not run`);
  return Number(pid);
}

async function apply(manifest, ...flags) {
  return cluster.kubectl(['create', '-f', '-', ...flags], { input: JSON.stringify(manifest) });
}

async function create(manifest) {
  const { code, stderr } = await apply(manifest);
  assert.equal(code, 0, stderr);
}

/** A namespace of the test's own, ready for pods. */
async function namespace(name, labels = {}) {
  await create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } });
  await until(() => get('serviceaccounts', 'default', name));
  return name;
}

async function until(probe, seconds = 60) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const found = await probe();
    if (found) return found;
    assert.ok(Date.now() < end, `not seen within ${seconds} s: ${probe}`);
    await sleep(150);
  }
}

function podSpec(script, extra = {}, container = {}) {
  return {
    restartPolicy: 'Never',
    terminationGracePeriodSeconds: 1,
    containers: [{ name: 'main', image: 'shell', args: [script], ...container }],
    ...extra,
  };
}

function job(namespace, name, script, spec = {}, pod = {}, container = {}) {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, namespace },
    spec: { backoffLimit: 0, template: { spec: podSpec(script, pod, container) }, ...spec },
  };
}

function condition(object, type) {
  return object?.status?.conditions?.find((each) => each.type === type && each.status === 'True');
}

const finished = async (ns, name) => {
  const found = await get('jobs', name, ns);
  return condition(found, 'Complete') ?? condition(found, 'Failed');
};

async function podOf(ns, jobName) {
  return (await list('pods', ns, `job-name=${jobName}`))[0];
}

const containerOf = async (ns, jobName) => (await podOf(ns, jobName))?.status?.containerStatuses?.[0];

/** One request to the API server. */
function api(method, path, { token = cluster.adminToken, body } = {}) {
  return new Promise((done, fail) => {
    const payload = body ? JSON.stringify(body) : '';
    const headers = {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(payload), // without it Node drops the body of a DELETE, preconditions and all
    };
    const call = request(
      `${cluster.server}${path}`,
      { method, headers, ca: readFileSync(cluster.caFile) },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (chunk) => {
          text += chunk;
        });
        answer.on('end', () => done({ status: answer.statusCode, body: JSON.parse(text) }));
      },
    );
    call.on('error', fail).end(payload);
  });
}

/** A zombie is dead: only its parent, this machine's init, has yet to notice. */
function isAlive(pid) {
  const { status, stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return status === 0 && !stdout.startsWith('Z');
}

/** A script that goes on when open() is called for its pod: no test depends on how fast this machine is. */
const gate = 'while test ! -e go; do sleep 0.1; done';
function open({ metadata: { namespace, name, uid } }) {
  writeFileSync(join(cluster.podsDir, `${namespace}_${name}_${uid}`, 'work', 'go'), '');
}

async function running(ns, jobName) {
  return until(async () => {
    const pod = await podOf(ns, jobName);
    return pod?.status.containerStatuses?.[0].state.running && pod;
  });
}

const pidOf = (pod) => Number(pod.status.containerStatuses[0].containerID.replace('process://', ''));

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

describe('the API server', { concurrency: 6 }, () => {
  it('a strict server-side dry run refuses an unknown field and creates nothing', async () => {
    const ns = await namespace('dry');
    const strict = ['--dry-run=server', '--validate=strict'];
    assert.equal((await apply(job(ns, 'fine', 'true'), ...strict)).code, 0);
    const path = `/apis/batch/v1/namespaces/${ns}/jobs?dryRun=All&fieldValidation=Strict`;
    const refused = await api('POST', path, { body: job(ns, 'typo', 'true', { backofLimit: 1 }) });
    assert.equal(refused.status, 400);
    assert.match(refused.body.message, /unknown field "spec.backofLimit"/);
    assert.equal((await api('POST', path, { body: job(ns, 'UPPER', 'true') })).status, 422);
    assert.equal((await list('jobs', ns)).length, 0);
  });

  it('a quota refuses what exceeds it', async () => {
    const ns = await namespace('quota');
    await kubectl('create', 'quota', 'one', '--hard=count/jobs.batch=1', '-n', ns);
    await until(async () => (await get('resourcequotas', 'one', ns)).status?.hard);
    await create(job(ns, 'first', 'true'));
    const { code, stderr } = await apply(job(ns, 'second', 'true'));
    assert.notEqual(code, 0);
    assert.match(stderr, /exceeded quota: one/);
  });

  it('a pod may do what its service account may, and is told what it may not', async () => {
    const ns = await namespace('rbac');
    await kubectl('create', 'serviceaccount', 'worker', '-n', ns);
    await kubectl('create', 'role', 'jobs', '--verb=get,list', '--resource=jobs.batch', '-n', ns);
    await kubectl('create', 'rolebinding', 'jobs', '--role=jobs', `--serviceaccount=${ns}:worker`, '-n', ns);
    const script = `
      const { readFileSync } = require('node:fs'), https = require('node:https'), dir = process.env.SLC_SERVICEACCOUNT_DIR;
      const read = (name) => readFileSync(dir + '/' + name, 'utf8');
      const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = process.env;
      for (const path of ['/apis/batch/v1/namespaces/' + read('namespace') + '/jobs', '/api/v1/namespaces/${ns}/secrets'])
        https.get({ host, port, path, ca: read('ca.crt'), headers: { authorization: 'Bearer ' + read('token') } }, (answer) => {
          let text = ''; answer.on('data', (part) => { text += part; });
          answer.on('end', () => console.log(answer.statusCode, JSON.parse(text).message ?? ''));
        });`;
    await create(job(ns, 'ask', '', {}, { serviceAccountName: 'worker' }, { image: 'node', args: [script] }));
    assert.equal((await until(() => finished(ns, 'ask'))).type, 'Complete');
    const said = await kubectl('logs', '-n', ns, 'job/ask');
    assert.match(said, /^200 $/m);
    assert.match(said, /^403 secrets is forbidden: User "system:serviceaccount:rbac:worker" cannot list resource/m);

    const token = (await kubectl('create', 'token', 'worker', '-n', ns)).trim();
    const allowed = async (verb) => {
      const resourceAttributes = { namespace: ns, verb, group: 'batch', resource: 'jobs' };
      const body = {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SelfSubjectAccessReview',
        spec: { resourceAttributes },
      };
      return (await api('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', { token, body })).body.status
        .allowed;
    };
    assert.deepEqual([await allowed('list'), await allowed('delete')], [true, false]);
  });

  it('a namespace that enforces the restricted standard refuses a pod below it', async () => {
    const ns = await namespace('restricted', { 'pod-security.kubernetes.io/enforce': 'restricted' });
    const pod = (name, spec) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: ns }, spec });
    const { stderr } = await apply(pod('loose', podSpec('true')));
    assert.match(stderr, /violates PodSecurity "restricted/);
    const strict = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, runAsNonRoot: true };
    const securityContext = { ...strict, seccompProfile: { type: 'RuntimeDefault' } };
    await create(pod('tight', podSpec('true', {}, { securityContext })));
  });
});

describe('crashes', () => {
  it('a Job that ends while the API server is dead is Complete once it is back', async () => {
    const ns = await namespace('outage');
    await create(job(ns, 'through', `${gate}; echo done`));
    const pod = await running(ns, 'through');
    await cluster.stopComponent('apiserver');
    assert.notEqual((await cluster.kubectl(['get', 'ns', '--request-timeout=2s'])).code, 0);
    open(pod);
    await until(() => !isAlive(pidOf(pod)));
    await cluster.startComponent('apiserver');
    assert.equal((await until(() => finished(ns, 'through'))).type, 'Complete');
    assert.equal(await kubectl('logs', '-n', ns, 'job/through'), 'done\n');
    await create(job(ns, 'afterwards', 'true'));
    assert.equal((await until(() => finished(ns, 'afterwards'))).type, 'Complete');
  });

  it('controllers that ended by themselves while the API server was away are started with it', async () => {
    const ns = await namespace('controllers');
    await cluster.stopComponent('apiserver');
    process.kill(componentPid('controller-manager'), 'SIGKILL');
    await cluster.startComponent('apiserver');
    await create(job(ns, 'afterwards', 'true'));
    assert.equal((await until(() => finished(ns, 'afterwards'))).type, 'Complete');
  });

  it('a killed node loses its containers, and their Job fails when it is back', async () => {
    const ns = await namespace('node-crash');
    await create(job(ns, 'lost', 'sleep 300'));
    const pod = await running(ns, 'lost');
    await cluster.stopComponent('node');
    assert.equal(isAlive(pidOf(pod)), false);
    await cluster.startComponent('node');
    assert.equal((await until(() => finished(ns, 'lost'))).type, 'Failed');
    await create(job(ns, 'afterwards', 'true'));
    assert.equal((await until(() => finished(ns, 'afterwards'))).type, 'Complete');
  });

  it('stopping leaves no process behind', async () => {
    const ns = await namespace('end');
    await create(job(ns, 'endless', 'setsid sleep 300 & sleep 300'));
    const pod = await running(ns, 'endless');
    const server = cluster.server;
    await cluster.stop();
    assert.equal(isAlive(pidOf(pod)), false);
    await assert.rejects(api('GET', '/readyz'), { code: 'ECONNREFUSED' }, server);
  });
});
