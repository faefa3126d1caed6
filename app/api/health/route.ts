import { release } from '@/lib/config';
import { open } from '@/lib/edge/declared';

export const dynamic = 'force-dynamic';

/** Liveness: this process answers. It does not look at the engines, since their failure must not restart it. */
export const GET = open(
  { name: 'health.live', because: 'probes ask, and it says that the process answers, and of which release it is' },
  (): Response => Response.json({ status: 'ok', ...release }, { headers: { 'cache-control': 'no-store' } }),
);
