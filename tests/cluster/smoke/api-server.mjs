import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { api, apply, create, finished, get, job, kubectl, list, namespace, podSpec, until } from './stage.mjs';

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
