import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, request as forward } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

type Fault = { status: number; reason: string; header?: Record<string, string> } | 'reset' | 'reset after it was done';

/** How an API server, or the way to it, fails in passing. */
export const faults: [string, Fault][] = [
  ['409 Conflict', { status: 409, reason: 'Conflict' }],
  ['429 with Retry-After', { status: 429, reason: 'TooManyRequests', header: { 'retry-after': '1' } }],
  ['500', { status: 500, reason: 'InternalError' }],
  ['a reset', 'reset'],
  ['a reset after it was done', 'reset after it was done'],
];

/**
 * An API server in front of the one of a test cluster, with its certificate. After `meet` it answers each method and
 * path once with the fault; `met` has those. `pki` is the folder of the cluster's keys.
 */
export async function passingServer(cluster: { server: string; caFile: string }, pki: string) {
  const ca = readFileSync(cluster.caFile);
  let fault: Fault | null = null;
  let met: string[] = [];
  const answer = async (asked: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of asked) chunks.push(chunk as Buffer);
    const url = new URL(asked.url ?? '/', cluster.server);
    const key = `${asked.method} ${url.pathname}${url.searchParams.has('dryRun') ? ' as a dry run' : ''}`;
    const now = fault === null || met.includes(key) ? null : fault;
    if (now) met.push(key);
    if (now === 'reset') return asked.socket.destroy();
    if (now !== null && typeof now === 'object')
      return response
        .writeHead(now.status, { 'content-type': 'application/json', ...now.header })
        .end(JSON.stringify({ kind: 'Status', apiVersion: 'v1', reason: now.reason, message: 'in passing' }));
    const sent = forward(url, { method: asked.method, headers: asked.headers, ca }, (reply) => {
      if (now === 'reset after it was done') return asked.socket.destroy();
      response.writeHead(reply.statusCode ?? 500, reply.headers);
      reply.pipe(response);
    });
    sent.on('error', () => asked.socket.destroy());
    sent.end(Buffer.concat(chunks));
  };
  const key = (name: string) => readFileSync(join(pki, name));
  const server = createServer({ cert: key('apiserver.crt'), key: key('apiserver.key') }, answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    met: () => met,
    /** Null: from now on every call passes. */
    meet(next: Fault | null) {
      fault = next;
      met = [];
    },
    close: () => server.close().closeAllConnections(),
  };
}
