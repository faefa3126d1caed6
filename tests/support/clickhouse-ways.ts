import { randomUUID } from 'node:crypto';
import { createServer, request } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** What chproxy lets through of a request's parameters (its scope.go), beside `param_*`; all settings are dropped. */
const chproxyPasses = new Set([
  'query',
  'database',
  'default_format',
  'compress',
  'decompress',
  'enable_http_compression',
  'max_result_rows',
  'extremes',
  'result_overflow_mode',
  'session_id',
  'session_timeout',
]);

export type Change = (params: URLSearchParams, node: number) => void;

/** Drops every setting that is not in its list and replaces query ids, as chproxy does. */
export const likeChproxy: Change = (params) => {
  for (const name of [...params.keys()]) if (!chproxyPasses.has(name) && !/^param_/.test(name)) params.delete(name);
  params.set('query_id', randomUUID());
};

/** Two servers with the same tables: what a session of one knows, the other does not. */
export const twoNodes: Change = (params, node) => {
  const session = params.get('session_id');
  if (session) params.set('session_id', `${session}-${node}`);
};

/** The same with each session on one node. */
export const twoNodesPinned: Change = (params) => twoNodes(params, (params.get('session_id') ?? '').length % 2);

/** An HTTP proxy before ClickHouse: each new connection goes to the next of two nodes, each request is changed. */
export async function clickhouseWay(target: string, change: Change, answerWithout: string[] = []) {
  const to = new URL(target);
  const nodes = new WeakMap<Socket, number>();
  let connections = 0;
  const server = createServer((asked, answer) => {
    const url = new URL(asked.url ?? '/', target);
    change(url.searchParams, nodes.get(asked.socket) ?? 0);
    const options = { host: to.hostname, port: to.port, method: asked.method, headers: asked.headers };
    const passed = request({ ...options, path: `${url.pathname}${url.search}` }, (reply) => {
      const headers = Object.entries(reply.headers).filter(([name]) => !answerWithout.includes(name));
      answer.writeHead(reply.statusCode ?? 500, Object.fromEntries(headers));
      reply.pipe(answer);
    });
    passed.on('error', () => asked.socket.destroy());
    asked.pipe(passed);
  });
  server.on('connection', (socket) => nodes.set(socket, connections++ % 2));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
