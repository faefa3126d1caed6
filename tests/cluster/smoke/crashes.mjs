import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  api,
  cluster,
  componentPid,
  create,
  finished,
  gate,
  isAlive,
  job,
  kubectl,
  namespace,
  open,
  pidOf,
  running,
  until,
} from './stage.mjs';

/** The whole way of a new Job: controllers, scheduler, node. */
async function runsAJob(ns) {
  await create(job(ns, 'afterwards', 'true'));
  assert.equal((await until(() => finished(ns, 'afterwards'))).type, 'Complete');
}

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
    await runsAJob(ns);
  });

  it('controllers that ended by themselves while the API server was away are started with it', async () => {
    const ns = await namespace('controllers');
    await cluster.stopComponent('apiserver');
    process.kill(componentPid('controller-manager'), 'SIGKILL');
    await cluster.startComponent('apiserver');
    await runsAJob(ns);
  });

  it('a killed node loses its containers, and their Job fails when it is back', async () => {
    const ns = await namespace('node-crash');
    await create(job(ns, 'lost', 'sleep 300'));
    const pod = await running(ns, 'lost');
    await cluster.stopComponent('node');
    assert.equal(isAlive(pidOf(pod)), false);
    await cluster.startComponent('node');
    assert.equal((await until(() => finished(ns, 'lost'))).type, 'Failed');
    await runsAJob(ns);
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
