import { AppError } from '@/lib/errors';
import type { Log } from '@/lib/log';
import type { Failure } from './model';

/**
 * Levels of the log. A page that polls after the end of its session is refused every few seconds, so that is `debug`.
 */
const levels: { [code in AppError['code']]?: 'warn' | 'debug' } = { unavailable: 'warn', unauthenticated: 'debug' };

/**
 * Translates anything thrown, in this one place. The sentence of an AppError is shown; any other error is logged under
 * the request id, and only the id is shown.
 */
export function failureOf(error: unknown, where: { log: Log; name: string; requestId: string }): Failure {
  const { log, name, requestId } = where;
  if (error instanceof AppError) {
    const level = levels[error.code] ?? 'info';
    // The stack is logged only for failures: for bad input the sentence says everything.
    const silent = error.cause === undefined || error.code === 'invalid_input' || level === 'debug';
    const cause = silent ? {} : { err: error.cause };
    log[level]({ name, requestId, code: error.code, ...cause }, error.message);
    return { code: error.code, message: error.message, fields: error.fields, requestId };
  }
  log.error({ name, requestId, err: error }, 'an unexpected error reached the edge');
  return {
    code: 'unexpected',
    message: 'An unexpected error occurred. The log has the details under this request id.',
    requestId,
  };
}
