import { AppError, httpStatus } from '@/lib/errors';
import type { Log } from '@/lib/log';
import { instruments, statusClass } from '@/lib/metrics/instruments';
import { failureOf } from './failure';
import type { Failure, Result } from './model';

/** Turns anything thrown into JSON with the HTTP status of its code. A limit has Retry-After, in seconds. */
export function failedResponse(error: unknown, where: { log: Log; name: string; requestId: string }): Response {
  const failure = failureOf(error, where);
  const status = statusOf(failure);
  const headers = new Headers({ 'cache-control': 'no-store' });
  if (error instanceof AppError && error.retryAfterSeconds !== undefined)
    headers.set('retry-after', String(error.retryAfterSeconds));
  if (status === 401) headers.set('www-authenticate', 'Bearer');
  return Response.json({ ok: false, error: failure } satisfies Result<never>, { status, headers });
}

/** The HTTP status of a failure. */
export const statusOf = ({ code }: Failure): number => (code === 'unexpected' ? 500 : httpStatus[code]);

/** Counts for the metrics how long `work` took, and the class of the status of what it answered. */
export async function timed<T extends Response | Result<unknown>>(name: string, work: () => Promise<T>): Promise<T> {
  const over = instruments.httpSeconds.startTimer({ name });
  // What is thrown is a signal of Next's, such as a redirect.
  let status = 303;
  try {
    const answer = await work();
    status = answer instanceof Response ? answer.status : answer.ok ? 200 : statusOf(answer.error);
    return answer;
  } finally {
    over({ status: statusClass(status) });
  }
}
