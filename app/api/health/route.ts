export const dynamic = 'force-dynamic';

/** Liveness: the process answers. Says nothing about the engines, so that their failure restarts no web process. */
export function GET(): Response {
  return Response.json({ status: 'ok' }, { headers: { 'cache-control': 'no-store' } });
}
