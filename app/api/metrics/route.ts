import { renderMetrics } from '@/lib/server/metrics';
import { readHealth } from '@/lib/server/read-health';
import { webContext } from '@/lib/server/web-context';

export const dynamic = 'force-dynamic';

/** Prometheus: parts, workers, queue, scans, backfills, and the web process itself. Open to scrapers; no ids of people. */
export async function GET(): Promise<Response> {
  const { text, contentType } = await renderMetrics(await readHealth(webContext()));
  return new Response(text, { headers: { 'content-type': contentType, 'cache-control': 'no-store' } });
}
