import { open } from '@/lib/server/declared';
import { renderMetrics } from '@/lib/server/metrics';
import { readHealth } from '@/lib/server/read-health';
import { webContext } from '@/lib/server/web-context';

export const dynamic = 'force-dynamic';

/** Prometheus: parts, workers, queue, scans, backfills, and the web process itself. Open to scrapers; no ids of people. */
export const GET = open(
  { name: 'health.metrics', because: 'scrapers ask, and it holds counts and states only' },
  async (): Promise<Response> => {
    const { text, contentType } = await renderMetrics(await readHealth(webContext()));
    return new Response(text, { headers: { 'content-type': contentType, 'cache-control': 'no-store' } });
  },
);
