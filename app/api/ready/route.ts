import { open } from '@/lib/edge/declared';
import { webContext } from '@/lib/edge/web-context';
import { readReady } from '@/lib/health/read-health';

export const dynamic = 'force-dynamic';

/** Readiness: 200 when the console's database answers, else 503. Open to probes, so it names parts and states only. */
export const GET = open(
  { name: 'health.ready', because: 'probes ask, and it names parts and states only' },
  async (): Promise<Response> => {
    const parts = await readReady(webContext());
    const ready = parts.every((part) => part.status !== 'failed');
    const body = { ready, parts: Object.fromEntries(parts.map(({ name, status }) => [name, status])) };
    return Response.json(body, { status: ready ? 200 : 503, headers: { 'cache-control': 'no-store' } });
  },
);
