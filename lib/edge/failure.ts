import { AppError } from '@/lib/errors';
import type { Log } from '@/lib/log';
import type { Failure } from './model';

/** A page that polls after its session has ended says so every few seconds. */
const levels: { [code in AppError['code']]?: 'warn' | 'debug' } = { unavailable: 'warn', unauthenticated: 'debug' };

/**
 * Translates anything thrown, once, at the edge. An AppError speaks for itself; anything else is logged under the
 * request id and only the id is shown.
 */
export function failureOf(error: unknown, where: { log: Log; name: string; requestId: string }): Failure {
  const { log, name, requestId } = where;
  if (error instanceof AppError) {
    const level = levels[error.code] ?? 'info';
    // What was wrong with an input is in the sentence; a stack belongs to what failed.
    const silent = error.cause === undefined || error.code === 'invalid_input' || level === 'debug';
    const cause = silent ? {} : { err: error.cause };
    log[level]({ name, requestId, code: error.code, ...cause }, error.message);
    return { code: error.code, message: error.message, fields: error.fields, requestId };
  }
  log.error({ name, requestId, err: error }, 'an unexpected error reached the edge');
  return {
    code: 'unexpected',
    message: 'Something failed that the console did not expect. The log has the details under this request id.',
    requestId,
  };
}
