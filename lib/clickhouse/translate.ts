import { ClickHouseError } from '@clickhouse/client';
import { AppError } from '@/lib/errors';
import type { Log } from '@/lib/log';
import { tlsFailure } from '@/lib/tls-failure';
import { failureOf, neverRan, whyNot } from './failure';
import { settingRefusal } from './setting-refusal';

/** What is known of the data after a failure: a read changes nothing, and neither does what never ran. */
export const unchanged = 'Nothing was changed by this request.';
export const unknownOutcome = 'Whether it did what was asked is not known. Look before it is repeated.';

/**
 * A failed statement's error for a person, which ends with what is known of the data: AppError('unavailable') for what
 * passes, AppError('limit'), or AppError('refused') when `user` may not. Any other error as it is.
 */
export function translate(
  error: unknown,
  { name, known, user, log }: { name: string; known: string; user: string; log: Log },
): unknown {
  const tls = tlsFailure(error, 'ClickHouse');
  if (tls) return new AppError('unavailable', `${tls} ${unchanged}`, { cause: error });
  const failure = failureOf(error);
  if (failure === 'busy' || failure === 'silent') {
    const why = whyNot(error);
    const outcome = neverRan(error) ? unchanged : known;
    return new AppError('unavailable', `ClickHouse does not answer${why ? `: ${why}` : ''}. ${outcome}`, {
      cause: error,
    });
  }
  if (failure === 'limit')
    return new AppError('limit', 'ClickHouse stopped the query at its time or memory limit.', { cause: error });
  if (!(error instanceof ClickHouseError)) return error;
  log.error({ statement: name, code: error.code, err: error }, 'clickhouse refused a statement');
  const refusal = settingRefusal(error, user);
  if (refusal) return new AppError('refused', refusal, { cause: error });
  if (failure !== 'denied') return error;
  const sentence = `ClickHouse refuses this to its user ${user}, whose password or a right is missing. ${unchanged} The rights are in deploy/clickhouse/users.sql.`;
  return new AppError('refused', sentence, { cause: error });
}

/** What went wrong, for a person: the sentence of an expected failure, ClickHouse's own words, or that the log has it. */
export function sentenceOf(error: unknown): string {
  if (error instanceof AppError) return error.message;
  if (error instanceof ClickHouseError) return `ClickHouse answered: ${error.message.slice(0, 300)}`;
  return 'Something failed that the console did not expect. The log has the details.';
}
