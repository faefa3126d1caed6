import { loadConfig } from '@/lib/config';
import { webContext } from '@/lib/edge/web-context';
import { createLog } from '@/lib/log';
import { readMetrics } from './read-metrics';
import { serveMetrics } from './serve-metrics';

/** The pages' own port for metrics. The engines may not be known yet: the context is made at the first scrape. */
export async function serveWebMetrics(): Promise<void> {
  const config = loadConfig();
  await serveMetrics({ config, log: createLog('web', config.logLevel) }, () => readMetrics(webContext()));
}
