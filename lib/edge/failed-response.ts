import { AppError, httpStatus } from '@/lib/errors';
import type { Log } from '@/lib/log';
import { failureOf } from './failure';
import type { Result } from './model';

/** Turns anything thrown into JSON with the HTTP status of its code. A limit has Retry-After, in seconds. */
export function failedResponse(error: unknown, where: { log: Log; name: string; requestId: string }): Response {
  const failure = failureOf(error, where);
  const status = failure.code === 'unexpected' ? 500 : httpStatus[failure.code];
  const headers = new Headers({ 'cache-control': 'no-store' });
  if (error instanceof AppError && error.retryAfterSeconds !== undefined)
    headers.set('retry-after', String(error.retryAfterSeconds));
  if (status === 401) headers.set('www-authenticate', 'Bearer');
  return Response.json({ ok: false, error: failure } satisfies Result<never>, { status, headers });
}
