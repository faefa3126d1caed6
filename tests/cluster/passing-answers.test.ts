import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, request as forward } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { JobSpec } from '@/lib/jobs/model';
import { cronJob } from './cases/cron-job';
import { accountsStage, namespace, spec } from './support/accounts';

const stage = accountsStage();

type Fault = { status: number; reason: string; header?: Record<string, string> } | 'reset' | 'reset after it was done';
const faults: [string, Fault][] = [
  ['409 Conflict', { status: 409, reason: 'Conflict' }],
  ['429 with Retry-After', { status: 429, reason: 'TooManyRequests', header: { 'retry-after': '1' } }],
  ['500', { status: 500, reason: 'InternalError' }],
  ['a reset', 'reset'],
  ['a reset after it was done', 'reset after it was done'],
];
let closeProxy: () => void = () => undefined;
afterEach(() => closeProxy());
beforeAll(async () => {
  await stage.kubectl(['-n', namespace, 'create', '-f', '-'], cronJob());
});

/** An API server in front of the real one, which answers each method and path once with `fault`. */
async function proxyWith(fault: Fault) {
  const met: string[] = [];
  const pki = (name: string) => readFileSync(join(stage.dataDir, 'cluster', 'pki', name));
  const ca = readFileSync(stage.cluster.caFile);
  const answer = async (asked: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of asked) chunks.push(chunk as Buffer);
    const url = new URL(asked.url ?? '/', stage.cluster.server);
    const key = `${asked.method} ${url.pathname}${url.searchParams.has('dryRun') ? ' as a dry run' : ''}`;
    const isFirst = !met.includes(key);
    if (isFirst) met.push(key);
    if (isFirst && fault === 'reset') return asked.socket.destroy();
    if (isFirst && typeof fault === 'object')
      return response
        .writeHead(fault.status, { 'content-type': 'application/json', ...fault.header })
        .end(JSON.stringify({ reason: fault.reason, message: 'in passing' }));
    const sent = forward(url, { method: asked.method, headers: asked.headers, ca }, (reply) => {
      if (isFirst && fault === 'reset after it was done') return asked.socket.destroy();
      response.writeHead(reply.statusCode ?? 500, reply.headers);
      reply.pipe(response);
    });
    sent.on('error', () => asked.socket.destroy());
    sent.end(Buffer.concat(chunks));
  };
  const server = createServer({ cert: pki('apiserver.crt'), key: pki('apiserver.key') }, answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closeProxy = () => server.close().closeAllConnections();
  return { met, url: `https://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

describe.each(faults)('every call to Kubernetes that is once answered with %s', (_, fault) => {
  it('is asked again: a Job is previewed, launched once, looked at and stopped', async () => {
    const proxy = await proxyWith(fault);
    const launcher = await stage.launcherWith(await stage.workerToken(), proxy.url);
    const job: JobSpec = {
      ...spec,
      name: `relabel-2026-02-10-${faults.findIndex(([, one]) => one === fault)}123456789`,
    };
    expect(await launcher.template()).toMatchObject({ 'labeler’s container': 'sync-users' });
    expect(await launcher.scheduledLabelerRunning()).toMatchObject({ running: false });
    expect(await launcher.preview(job)).toMatchObject({ verdict: 'pass' });
    expect((await launcher.launch(job)).outcome).toMatch(/launched|adopted/);
    expect(await launcher.launch(job)).toEqual({ outcome: 'adopted' });
    const [status] = await launcher.inspect([job.name]);
    expect(status).toMatchObject({ state: 'pending' });
    await launcher.logs(job.name, 5);
    await launcher.stop(job.name);
    expect((await launcher.inspect([job.name]))[0]?.state).toBe('unknown');
    const { findings } = await launcher.check();
    expect(findings.filter((one) => one.status === 'failed')).toEqual([]);
    expect(proxy.met).toEqual(
      expect.arrayContaining([
        `POST /apis/batch/v1/namespaces/${namespace}/jobs`,
        `POST /apis/batch/v1/namespaces/${namespace}/jobs as a dry run`,
        `GET /apis/batch/v1/namespaces/${namespace}/jobs/${job.name}`,
        `DELETE /apis/batch/v1/namespaces/${namespace}/jobs/${job.name}`,
        `GET /api/v1/namespaces/${namespace}/pods`,
      ]),
    );
  });
});
