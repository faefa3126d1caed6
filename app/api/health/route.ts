import { open } from '@/lib/server/declared';

export const dynamic = 'force-dynamic';

/** Liveness: the process answers. Says nothing about the engines, so that their failure restarts no web process. */
export const GET = open(
  { name: 'health.live', because: 'probes ask, and it says nothing but that the process answers' },
  (): Response => Response.json({ status: 'ok' }, { headers: { 'cache-control': 'no-store' } }),
);
