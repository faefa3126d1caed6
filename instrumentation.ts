/** Before the first request. The edge runtime, which these pages do not use, has no process to end. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return;
  const { requireUsableConfig } = await import('@/lib/edge/require-usable-config');
  requireUsableConfig();
  const { serveWebMetrics } = await import('@/lib/health/metrics/serve-web-metrics');
  await serveWebMetrics();
}
