import { randomUUID } from 'node:crypto';
import { isSameSecret } from '@/lib/auth/secret';
import { bearerOf } from '@/lib/edge/actor';
import { open } from '@/lib/edge/declared';
import { failedResponse } from '@/lib/edge/failed-response';
import { webContext } from '@/lib/edge/web-context';
import { AppError } from '@/lib/errors';
import { readMetrics } from '@/lib/health/metrics/read-metrics';

export const dynamic = 'force-dynamic';

/** Prometheus metrics of parts, workers, queue, scans, backfills and this process, for holders of the token. */
export const GET = open(
  { name: 'health.metrics', because: 'scrapers have no session; it asks for SLC_METRICS_TOKEN' },
  async (request: Request): Promise<Response> => {
    const ctx = webContext();
    try {
      const { metricsToken } = ctx.config.auth;
      if (metricsToken === null)
        throw new AppError('not_found', 'There are no metrics, because SLC_METRICS_TOKEN is not set.');
      if (!isSameSecret(bearerOf(request.headers) ?? '', metricsToken))
        throw new AppError('unauthenticated', 'The metrics need SLC_METRICS_TOKEN as a Bearer token.');
      const { text, contentType } = await readMetrics(ctx);
      return new Response(text, { headers: { 'content-type': contentType, 'cache-control': 'no-store' } });
    } catch (error) {
      return failedResponse(error, { log: ctx.log, name: 'health.metrics', requestId: randomUUID() });
    }
  },
);
