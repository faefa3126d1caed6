import { createHash } from 'node:crypto';
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import type { Context } from '@/lib/context';
import { AppError } from '@/lib/errors';
import type { Postgres } from '@/lib/postgres/client';
import { count } from '@/lib/words';

const windowSeconds = 60;
/** It counts all addresses together, since a stranger may have many. */
const refusedSignInsAMinute = 60;
/** An address may be an office, so it has the limit of this many people. */
const peopleAtAnAddress = 5;

type Limit = 'action' | 'sign-in';
type Limiters = Record<`${Limit} ${'person' | 'address'}` | 'refused sign-in', RateLimiterPostgres>;
const made = new WeakMap<object, Limiters>();

function limitersOf({ db, config }: Pick<Context, 'db' | 'config'>): Limiters {
  const known = made.get(db);
  if (known) return known;
  const { actionsPerMinute, signInsPerMinute } = config.auth.limits;
  const limiter = (keyPrefix: string, points: number) =>
    new RateLimiterPostgres({
      storeClient: boundedBy(db),
      storeType: 'client',
      tableName: 'rate_limits',
      tableCreated: true,
      keyPrefix,
      points,
      duration: windowSeconds,
    });
  const limiters = {
    'action person': limiter('action-person', actionsPerMinute),
    'action address': limiter('action-address', actionsPerMinute * peopleAtAnAddress),
    'sign-in person': limiter('sign-in-person', signInsPerMinute),
    'sign-in address': limiter('sign-in-address', signInsPerMinute),
    'refused sign-in': limiter('refused-sign-in', refusedSignInsAMinute),
  };
  made.set(db, limiters);
  return limiters;
}

/**
 * The client that the limiter uses, so that its statements have the same time limits as all others.
 * NOTE: the limiter names its statements. A pooler in transaction mode would lose or duplicate prepared ones, so they
 * are sent without their names.
 */
const boundedBy = (db: Postgres) => ({
  query: ({ text, values }: { text: string; values: unknown[] }) =>
    db.transaction(({ client }) => client.query(text, values)),
});

const limitKey = (value: string) => createHash('sha256').update(value).digest('base64url');

/** Counts a refused sign-in of anybody: within the share of this minute, the first beyond it, or a later one. */
export async function countRefusedSignIn(
  ctx: Pick<Context, 'db' | 'config'>,
): Promise<'within' | 'first beyond' | 'spent'> {
  try {
    await limitersOf(ctx)['refused sign-in'].consume(limitKey('everybody'));
    return 'within';
  } catch (error) {
    if (!(error instanceof RateLimiterRes)) throw error;
    return error.consumedPoints === refusedSignInsAMinute + 1 ? 'first beyond' : 'spent';
  }
}

/**
 * Counts one attempt of a person or an address, in Postgres, so that all web processes count together. Throws
 * AppError('limit') with the seconds until the next one is allowed, 'unavailable' if it cannot count.
 */
export async function requireWithinLimit(
  ctx: Pick<Context, 'db' | 'config'>,
  limit: Limit,
  by: { person: string } | { address: string },
): Promise<void> {
  const [kind, value] = 'person' in by ? (['person', by.person] as const) : (['address', by.address] as const);
  try {
    await limitersOf(ctx)[`${limit} ${kind}`].consume(limitKey(value));
  } catch (error) {
    if (!(error instanceof RateLimiterRes))
      throw new AppError(
        'unavailable',
        'The console’s database does not answer. Nothing was changed by this request.',
        {
          cause: error,
        },
      );
    const seconds = Math.max(1, Math.ceil(error.msBeforeNext / 1000));
    const what = limit === 'action' ? 'actions' : 'sign-ins';
    throw new AppError(
      'limit',
      `Too many ${what} within a minute. Nothing was done. Try again in ${count(seconds, 'second')}.`,
      { retryAfterSeconds: seconds },
    );
  }
}
