import { createServer, type IncomingMessage, type Server } from 'node:http';
import { isSameSecret } from '@/lib/auth/secret';
import type { Context } from '@/lib/context';
import { messageOf } from '@/lib/errors';
import type { Metrics } from './read-metrics';

/**
 * Serves `/metrics` on the metrics' own port, if one is configured, and `/alive` for a probe: 200 as long as the event
 * loop turns. With SLC_METRICS_TOKEN the metrics need it here too. A port that is taken is logged, and nothing else stops
 * because of it. It ends when `signal` aborts.
 */
export async function serveMetrics(
  ctx: Pick<Context, 'config' | 'log'>,
  read: () => Promise<Metrics>,
  signal?: AbortSignal,
): Promise<void> {
  const { config, log } = ctx;
  if (config.metrics.port === null || signal?.aborted) return;
  const { port } = config.metrics;
  const server = createServer(async (request, response) => {
    const path = request.url?.split('?')[0];
    if (path === '/alive') return response.end('alive\n');
    if (path !== '/metrics' || request.method !== 'GET') return response.writeHead(404).end();
    if (!mayRead(request, config.auth.metricsToken))
      return response.writeHead(401, { 'www-authenticate': 'Bearer' }).end();
    try {
      const { text, contentType } = await read();
      return response.writeHead(200, { 'content-type': contentType, 'cache-control': 'no-store' }).end(text);
    } catch (error) {
      log.error({ err: error }, 'the metrics could not be read');
      return response.writeHead(500).end();
    }
  });
  // A scraper that says nothing holds no connection.
  server.requestTimeout = 10_000;
  await listening(server, port, config.web.host).catch((error) =>
    log.error({ port, reason: messageOf(error) }, 'the metrics have no port'),
  );
  server.on('error', (error) => log.warn({ reason: error.message }, 'the port of the metrics reported an error'));
  // NOTE: a process that has nothing else to do ends all the same.
  server.unref();
  signal?.addEventListener('abort', () => server.closeAllConnections(), { once: true });
  signal?.addEventListener('abort', () => server.close(), { once: true });
}

const mayRead = ({ headers }: IncomingMessage, token: string | null): boolean =>
  token === null || isSameSecret((headers.authorization ?? '').replace(/^Bearer /, ''), token);

function listening(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
