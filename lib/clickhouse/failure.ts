import { ClickHouseError } from '@clickhouse/client';
import { AppError } from '@/lib/errors';

/**
 * What a failed statement's failure is. `busy`: ClickHouse turned it away before it ran, and takes it later. `silent`:
 * no answer of ClickHouse's, or one that says that it cannot now; it may have run in part or whole. `denied`: the user
 * may not, which passes as well where passwords or rights are being replaced. `limit`: a limit of the statement itself.
 * `refused`: anything else that ClickHouse says, and asking again changes nothing.
 */
export type Failure = 'busy' | 'silent' | 'denied' | 'limit' | 'refused';

/** An answer that is not ClickHouse's: a balancer's page, an empty or a cut body. `message` is fit for a person. */
export class ForeignAnswer extends Error {
  constructor(words: string, options: { cause?: unknown } = {}) {
    super(words, options);
    this.name = 'ForeignAnswer';
  }
}

const tooMany = 'it has as many queries or connections as it may';
const noMemory = 'it has no memory to spare';
const replicas = 'it does not reach a replica, a shard or its Keeper';

/** Codes of a server that did not begin, with what to say of it. */
const busyCodes: Record<string, string> = {
  201: 'a quota of the user is used up',
  202: tooMany,
  203: tooMany,
  364: tooMany,
  373: 'the session has another statement at work',
  439: 'it cannot start another thread',
  692: 'the table has as many unfinished mutations as it may',
  700: tooMany,
  745: 'it is overloaded',
  749: tooMany,
  762: tooMany,
};

/** Codes after which nobody knows how far the statement came; what the network says, and a server that stops. */
const silentCodes: Record<string, string> = {
  3: replicas,
  32: replicas,
  95: replicas,
  96: replicas,
  102: replicas,
  173: noMemory,
  198: 'it cannot resolve the name of a host',
  209: replicas,
  210: replicas,
  225: replicas,
  236: 'it is shutting down, or stopped the statement',
  242: 'the table is read-only while Keeper is away',
  252: 'the table has too many parts until they are merged',
  254: replicas,
  265: replicas,
  279: replicas,
  285: replicas,
  297: replicas,
  319: 'it does not know whether the insert was kept',
  369: 'all replicas are behind',
  372: 'the session is gone',
  384: 'a part is locked for a moment',
  394: 'the statement was cancelled',
  416: replicas,
  425: 'its system does not let it work',
  473: 'a lock could not be had',
  499: 'its storage does not answer',
  517: 'another change of the table is under way',
  519: replicas,
  529: replicas,
  574: 'too much waits to be sent to the shards',
  735: 'the statement was cancelled',
  738: 'a part is locked for a moment',
  777: noMemory,
  778: noMemory,
  904: replicas,
  999: replicas,
};

/** 192 no such user, 193, 194 and 516 the password, 291 and 497 no right, 720 expired. */
const deniedCodes = new Set(['192', '193', '194', '291', '497', '516', '720']);
const limitCodes = new Set(['158', '159', '160', '241', '307', '396']);

/** Memory of the whole server or of all of a user's queries passes; a query's own limit does not. */
const isMemoryOfOthers = ({ code, message }: ClickHouseError): boolean =>
  code === '241' && /\b(total|user|background|process)\b/i.test(message) && !/for query|query memory/i.test(message);

const causeOf = (error: unknown): unknown =>
  error instanceof AppError && error.cause !== undefined ? error.cause : error;

/** What kind of failure this is; null for one that is not ClickHouse's or the way's to it. */
export function failureOf(error: unknown): Failure | null {
  const root = causeOf(error);
  if (root instanceof ForeignAnswer) return 'silent';
  if (root instanceof ClickHouseError) {
    if (root.code in busyCodes) return 'busy';
    if (root.code in silentCodes || isMemoryOfOthers(root)) return 'silent';
    if (deniedCodes.has(root.code)) return 'denied';
    return limitCodes.has(root.code) ? 'limit' : 'refused';
  }
  return root instanceof Error && isConnectionFailure(root) ? 'silent' : null;
}

/** True where asking again may well succeed, of whatever was asked; a refused user is not among them. */
export const isPassing = (error: unknown): boolean =>
  (error instanceof AppError && error.code === 'unavailable') || ['busy', 'silent'].includes(failureOf(error) ?? '');

/** True where it is certain that nothing of the statement ran. */
export function neverRan(error: unknown): boolean {
  const failure = failureOf(error);
  if (failure === 'busy' || failure === 'denied') return true;
  const code = (causeOf(error) as NodeJS.ErrnoException | undefined)?.code ?? '';
  return /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)$/.test(code);
}

/** Why it cannot answer, for a person; null where the connection itself failed. */
export function whyNot(error: unknown): string | null {
  const root = causeOf(error);
  if (root instanceof ForeignAnswer) return root.message;
  if (!(root instanceof ClickHouseError)) return null;
  return busyCodes[root.code] ?? silentCodes[root.code] ?? (isMemoryOfOthers(root) ? noMemory : null);
}

/** True for errors of the connection itself: refused, reset, timed out, closed, no such host for the moment. */
export function isConnectionFailure(error: Error): boolean {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return (
    /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EPROTO|ERR_SSL|ERR_STREAM_PREMATURE|HPE_|UND_ERR)/.test(
      code,
    ) || /socket hang up|Timeout error|^aborted$|other side closed|before secure TLS connection/i.test(error.message)
  );
}
