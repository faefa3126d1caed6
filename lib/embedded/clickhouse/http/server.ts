import { createServer, type Server } from 'node:http';
import { messageOf } from '../../../errors';
import { handleQuery, type QueryContext } from './query';

const headerBytesMax = 1024 * 1024;

/** ClickHouse's HTTP interface in front of the engine: `/`, `/?query=...`, `/ping`, `/replicas_status`. */
export function createHttpServer(context: QueryContext): Server {
  const server = createServer({ maxHeaderSize: headerBytesMax, keepAliveTimeout: 30_000, requestTimeout: 0 });
  server.on('request', (request, response) => {
    const asked = request.url ?? '/';
    const [path = '', search = ''] = [asked.split('?', 1)[0], asked.slice(asked.indexOf('?') + 1 || asked.length)];
    const plain = (status: number, text: string) => {
      response.writeHead(status, { 'Content-Type': 'text/plain; charset=UTF-8' });
      response.end(text);
    };
    if (path === '/ping' || path === '/replicas_status') {
      try {
        context.engine.facts();
        return plain(200, 'Ok.\n');
      } catch (error) {
        return plain(503, `${messageOf(error)}\n`);
      }
    }
    if (path !== '/' && path !== '') return plain(404, `There is no handle ${asked}\n`);
    const reads = request.method === 'GET' || request.method === 'HEAD';
    if (reads && !asked.includes('?')) return plain(200, 'Ok.\n');
    if (!reads && request.method !== 'POST' && request.method !== 'PUT')
      return plain(501, 'Method is not implemented\n');
    void handleQuery(context, request, response, new URLSearchParams(search));
  });
  return server;
}
