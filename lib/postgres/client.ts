import { Pool, type PoolClient, type QueryResult, types } from 'pg';
import type { z } from 'zod';
import { AppError } from '@/lib/errors';
import type { Log } from '@/lib/log';
import { storable } from '@/lib/text';
import type { PgStatement } from './statement';

// NOTE: dates stay "YYYY-MM-DD" (a day of a named zone) and int8 becomes a number: no count here passes 2^53.
types.setTypeParser(types.builtins.DATE, (text) => text);
types.setTypeParser(types.builtins.INT8, (text) => Number(text));

/** Anything that runs statements: the pool, or a transaction. */
export type Db = {
  query<Params extends readonly unknown[], Row extends z.ZodType>(
    statement: PgStatement<Params, Row>,
    params: Params,
  ): Promise<z.output<Row>[]>;
};

export type Postgres = Db & {
  /** Runs `work` in one transaction; rolls back on any throw. One that breaks off in COMMIT may be saved or not. */
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
  pool: Pool;
  close(): Promise<void>;
};

/** A transaction; `client` is for libraries that bring their own SQL (pg-boss `db`). */
export type Transaction = Db & { client: PoolClient };

/** True when Postgres refused by constraint: unique 23505, exclusion 23P01. */
export function isConflict(error: unknown, constraint?: string): boolean {
  const fault = error as { code?: string; constraint?: string };
  const refused = fault.code === '23505' || fault.code === '23P01';
  return refused && (constraint === undefined || fault.constraint === constraint);
}

/** Text from an engine or a Job may hold what Postgres takes in no column; JSON is made by `storedJson`. */
const stored = (value: unknown): unknown =>
  typeof value === 'string' ? storable(value) : Array.isArray(value) ? value.map(stored) : value;

async function run<Row extends z.ZodType>(
  client: { query(config: { text: string; values: unknown[] }): Promise<QueryResult> },
  statement: { text: string; row: Row },
  params: readonly unknown[],
): Promise<z.output<Row>[]> {
  const result = await client.query({ text: statement.text, values: params.map(stored) });
  return result.rows.map((row) => statement.row.parse(row));
}

/**
 * A pool on `url`. Errors: AppError('unavailable') when the server does not answer; any other database error passes
 * as it is, so that callers can read its SQLSTATE.
 */
export function connectPostgres(options: {
  url: string;
  log: Log;
  application: string;
  connectionsMax?: number;
}): Postgres {
  const pool = new Pool({
    connectionString: options.url,
    application_name: options.application,
    max: options.connectionsMax ?? 10,
    connectionTimeoutMillis: 5_000,
    statement_timeout: 60_000,
  });
  pool.on('error', (error) => options.log.warn({ reason: error.message }, 'postgres closed an idle connection'));
  return {
    pool,
    async query(statement, params) {
      try {
        return await run(pool, statement, params);
      } catch (error) {
        throw translate(error);
      }
    },
    async transaction(work) {
      const client = await pool.connect().catch((error) => {
        throw translate(error);
      });
      let failure: Error | undefined;
      const onError = (error: Error) => options.log.warn({ reason: error.message }, 'postgres broke off a transaction');
      // NOTE: the pool listens to idle connections alone; unheard, a server that goes away ends this process.
      client.on('error', onError);
      try {
        await client.query('BEGIN');
        const result = await work({ client, query: (statement, params) => run(client, statement, params) });
        await client.query('COMMIT').catch((error) => {
          throw uncertain(error);
        });
        return result;
      } catch (error) {
        failure = error instanceof Error ? error : new Error(String(error));
        await client.query('ROLLBACK').then(
          () => {
            failure = undefined;
          },
          () => undefined,
        );
        throw translate(error);
      } finally {
        client.off('error', onError);
        client.release(failure);
      }
    },
    close: () => pool.end(),
  };
}

/** A connection that broke during COMMIT: nobody knows on which side of it. */
function uncertain(error: unknown): unknown {
  if (!(translate(error) instanceof AppError)) return error;
  return new AppError(
    'unavailable',
    'The console’s database broke off while this was being saved, so it may be saved or not. Look before you repeat it.',
    { cause: error },
  );
}

/** AppError('unavailable') for a server that does not answer or lets nobody in; any other error as it is. */
export function translate(error: unknown): unknown {
  if (error instanceof AppError) return error;
  const code = (error as { code?: string }).code ?? '';
  const message = error instanceof Error ? error.message : '';
  if (
    /^(ECONN|ETIMEDOUT|ENOTFOUND|EPIPE|57P0[123]|08)/.test(code) ||
    /timeout exceeded when trying to connect|Connection terminated/.test(message)
  ) {
    return new AppError('unavailable', 'The console’s database does not answer. Nothing was changed by this request.', {
      cause: error,
    });
  }
  if (/^(28|3D000)/.test(code))
    return new AppError(
      'unavailable',
      'The console’s database refuses this user or password, or is not there. Nothing was changed by this request.',
      { cause: error },
    );
  return error;
}
