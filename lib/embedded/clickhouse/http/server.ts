import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { messageOf } from '../../../errors';
import { handleQuery, type QueryContext } from './query';
import { refusalOf } from './strangers';

/** The address to listen on, and how long a client may keep it waiting. */
export type HttpOptions = { host: string; receiveMs?: number };

const headerBytesMax = 1024 * 1024;
/** How long headers may take, and how long a body may stall: ClickHouse's http_receive_timeout. */
const receiveWithinMs = 30_000;
/** How long a connection is kept for another request. */
const keptMs = 30_000;

/** ClickHouse's HTTP interface in front of the engine: `/`, `/?query=...`, `/ping`, `/replicas_status`. */
export function createHttpServer(context: QueryContext, { host, receiveMs = receiveWithinMs }: HttpOptions): Server {
  const server = createServer({
    maxHeaderSize: headerBytesMax,
    keepAliveTimeout: keptMs,
    headersTimeout: receiveMs,
    connectionsCheckingInterval: Math.min(receiveMs, 5_000),
    // A body may take as long as it keeps coming.
    requestTimeout: 0,
  });
  server.on('request', (request, response) => {
    endStandingBody(request, response, receiveMs);
    const asked = request.url ?? '/';
    const [path = '', search = ''] = [asked.split('?', 1)[0], asked.slice(asked.indexOf('?') + 1 || asked.length)];
    const plain = (status: number, text: string) => {
      response.writeHead(status, { 'Content-Type': 'text/plain; charset=UTF-8' });
      response.end(text);
    };
    const refusal = refusalOf(request, host);
    if (refusal !== null) return plain(403, `${refusal}\n`);
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

/** Ends a request whose body does not arrive, also where it was answered before, such as one that was refused. */
function endStandingBody(request: IncomingMessage, response: ServerResponse, receiveMs: number): void {
  const { socket } = request;
  socket.setTimeout(receiveMs);
  // NOTE: Node asks the request itself only while it is not complete, and ends the connection where nobody listens.
  request.on('timeout', () => {
    if (request.readableLength === 0) return void socket.destroy();
    // What nobody has read yet waits for a slot, not for the client.
    socket.setTimeout(receiveMs);
  });
  request.once('end', () => socket.setTimeout(response.writableFinished ? keptMs : 0));
  // NOTE: Node has just set the time for another request, although the rest of this one is still to come.
  response.once('finish', () => request.complete || socket.setTimeout(receiveMs));
}
