import { createServer, type Server } from 'node:http';
import { handleQuery, type QueryContext } from './query';

const uriBytesMax = 1024 * 1024;

/** ClickHouse's HTTP interface in front of the engine: `/`, `/?query=...`, `/ping`, `/replicas_status`. */
export function createHttpServer(context: QueryContext): Server {
  const server = createServer({ maxHeaderSize: uriBytesMax, keepAliveTimeout: 30_000, requestTimeout: 0 });
  server.on('request', (request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost');
    const plain = (status: number, text: string) => {
      response.writeHead(status, { 'Content-Type': 'text/plain; charset=UTF-8' });
      response.end(text);
    };
    if (path.pathname === '/ping' || path.pathname === '/replicas_status') {
      return context.engine.facts() ? plain(200, 'Ok.\n') : plain(503, 'The embedded engine is being started.\n');
    }
    if (path.pathname !== '/') return plain(404, `There is no handle ${request.url}\n`);
    if ((request.method === 'GET' || request.method === 'HEAD') && !path.searchParams.has('query')) {
      return plain(200, 'Ok.\n');
    }
    void handleQuery(context, request, response);
  });
  return server;
}
