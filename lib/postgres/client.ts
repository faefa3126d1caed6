import { Socket } from 'node:net';
import { Pool, type PoolClient, type QueryResult, types } from 'pg';
import type { z } from 'zod';
import { firstOf, patience } from '@/lib/clock';
import { AppError } from '@/lib/errors';
import type { Log } from '@/lib/log';
import { storable } from '@/lib/text';
import { tlsFailure } from '@/lib/tls-failure';
import { listenForNotices, type Notices } from './notices';
import { type ParamsOf, type PgStatement, valuesOf } from './statement';

// NOTE: dates stay "YYYY-MM-DD", since they are days in a named zone, and int8 becomes a number: no count reaches 2^53.
types.setTypeParser(types.builtins.DATE, (text) => text);
types.setTypeParser(types.builtins.INT8, (text) => Number(text));

/** Anything that runs statements: the pool, or a transaction. */
export type Db = {
  /** Runs a statement; what it returns is checked row by row. Throws where a value does not fit its parameter. */
  query: Query;
};

type Query = <Params extends z.ZodObject, Row extends z.ZodType>(
  statement: PgStatement<Params, Row>,
  ...params: ParamsOf<Params>
) => Promise<z.output<Row>[]>;
type AnyStatement = PgStatement<z.ZodObject, z.ZodType>;

export type Postgres = Db & {
  /** Runs `work` in a transaction and rolls back if it throws. If COMMIT breaks off, it may or may not be saved. */
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
  pool: Pool;
  /** Tells of changes in this database. */
  notices: Notices;
  close(): Promise<void>;
};

/** A transaction. `client` is for libraries with their own SQL (pg-boss `db`). */
export type Transaction = Db & {
  client: PoolClient;
  /** Does `work`, which must not throw, once all of this is saved. */
  onceSaved(work: () => void): void;
};

/** Whether a constraint of Postgres refused: unique 23505, exclusion 23P01. */
export function isConflict(error: unknown, constraint?: string): boolean {
  const fault = error as { code?: string; constraint?: string };
  const refused = fault.code === '23505' || fault.code === '23P01';
  return refused && (constraint === undefined || fault.constraint === constraint);
}

/**
 * A value that Postgres can store: text of an engine or Job may hold characters that it cannot. `storedJson` makes
 * JSON.
 */
const stored = (value: unknown): unknown =>
  typeof value === 'string' ? storable(value) : Array.isArray(value) ? value.map(stored) : value;

async function run(
  client: { query(config: { text: string; values: unknown[] }): Promise<QueryResult> },
  statement: AnyStatement,
  params: unknown,
): Promise<unknown[]> {
  const values = valuesOf(statement, params).map(stored);
  const result = await client.query({ text: statement.text, values });
  return result.rows.map((row) => statement.row.parse(row));
}
/** `run` with the types of a statement, which it cannot say itself. */
const typed = (query: (statement: AnyStatement, params: unknown) => Promise<unknown[]>) => query as Query;

/**
 * A pool of connections to `url`. It throws AppError('unavailable') if the server does not answer, and passes any other
 * database error on, so that callers can read its SQLSTATE.
 */
export function connectPostgres(options: {
  url: string;
  log: Log;
  application: string;
  connectionsMax?: number;
  /** A server that is silent for this long is 'unavailable'. Without it, only a broken connection is. */
  patienceMs?: number;
  /** A read is sent in one exchange with the begin and end of its transaction. Such a pool cannot stream rows. */
  pipelined?: boolean;
}): Postgres {
  const pool = new Pool({
    connectionString: options.url,
    application_name: options.application,
    max: options.connectionsMax ?? 10,
    connectionTimeoutMillis: 5_000,
    pipeline: options.pipelined,
  });
  // NOTE: a server that stops may answer a new connection and end it in one packet, before its borrower listens. An
  // error that nobody listens to would end the process.
  pool.on('connect', (client) => client.on('error', () => undefined));
  pool.on('error', (error) => options.log.warn({ reason: error.message }, 'postgres closed an idle connection'));

  /** Lends a connection on which a transaction has begun. `work` ends the transaction or throws. */
  async function beginning<T>(work: (client: PoolClient, begun: Promise<unknown>) => Promise<T>): Promise<T> {
    const client = await connected(pool);
    let failure: Error | undefined;
    const onError = (error: Error) => options.log.warn({ reason: error.message }, 'postgres broke off a transaction');
    // NOTE: pg's pool handles `error` only on idle clients. Without this listener a server that disconnects during a
    // transaction would end the process.
    client.on('error', onError);
    let silent = false;
    try {
      // This statement waits for no lock, so a server that does not answer it answers nothing.
      const begun = within(client.query(begin), options.patienceMs).catch((error) => {
        silent = error instanceof AppError;
        throw error;
      });
      return await work(client, begun);
    } catch (error) {
      failure = error instanceof Error ? error : new Error(String(error));
      if (!silent)
        await client.query('ROLLBACK').then(
          () => {
            failure = undefined;
          },
          () => undefined,
        );
      throw translate(error);
    } finally {
      client.off('error', onError);
      if (silent) hangUp(client);
      client.release(failure);
    }
  }

  const transaction = <T>(work: (tx: Transaction) => Promise<T>, brokenCommit = uncertain): Promise<T> =>
    beginning(async (client, begun) => {
      await begun;
      const saved: (() => void)[] = [];
      const result = await work({
        client,
        query: typed((statement, params) => run(client, statement, params)),
        onceSaved: (then) => saved.push(then),
      });
      await client.query('COMMIT').catch((error) => {
        throw brokenCommit(error);
      });
      for (const then of saved) then();
      return result;
    });

  const read = (statement: AnyStatement, params: unknown) =>
    beginning(async (client, begun) => {
      const sent = [run(client, statement, params), client.query('COMMIT')] as const;
      // The first failure is thrown. The others only follow from it.
      for (const each of sent) each.catch(() => undefined);
      await begun;
      const [rows] = await Promise.all(sent);
      return rows;
    });

  const notices = listenForNotices(options);
  return {
    pool,
    notices,
    query: typed((statement, params) => {
      const alone = ({ client }: Transaction) => run(client, statement, params);
      if (mayWrite(statement.text)) return transaction(alone);
      return options.pipelined ? read(statement, params) : transaction(alone, translate);
    }),
    transaction: (work) => transaction(work),
    async close() {
      await notices.close();
      await pool.end();
    },
  };
}

/** Closes the socket of a silent server. pg would first wait for its answers, and keep the connection. */
function hangUp(client: PoolClient): void {
  if (!('connection' in client) || typeof client.connection !== 'object' || client.connection === null) return;
  if ('stream' in client.connection && client.connection.stream instanceof Socket) client.connection.stream.destroy();
}

/** NOTE: for a URL whose files it cannot read, the pool throws instead of rejecting. */
async function connected(pool: Pool): Promise<PoolClient> {
  try {
    return await pool.connect();
  } catch (error) {
    throw translate(error);
  }
}

/**
 * Opens a transaction whose statements end after 60 seconds each.
 * NOTE: a pooler in transaction mode refuses `statement_timeout` as a parameter of the connection, and a SET outside of
 * a transaction would affect an arbitrary server connection. SET LOCAL works with and without a pooler.
 */
export const begin = 'BEGIN; SET LOCAL statement_timeout = 60000';

function within<T>(answer: Promise<T>, patienceMs: number | undefined): Promise<T> {
  if (patienceMs === undefined) return answer;
  const over = new AbortController();
  const silence = patience(patienceMs, over.signal).then(() => {
    throw new AppError('unavailable', 'The console’s database does not answer. Nothing was changed by this request.');
  });
  return firstOf([answer, silence], over);
}

const mayWrite = (text: string): boolean => /\b(INSERT|UPDATE|DELETE)\b/i.test(text);

/** The error for a connection that broke during COMMIT, so that it is not known whether the change was saved. */
function uncertain(error: unknown): unknown {
  if (!(translate(error) instanceof AppError)) return error;
  return new AppError(
    'unavailable',
    'The connection to the console’s database broke while this was being saved, so it may or may not be saved. Look before you repeat it.',
    { cause: error },
  );
}

/**
 * Turns the error of a server that does not answer, refuses the login or is the wrong one into AppError('unavailable').
 * Any other error is returned unchanged.
 */
export function translate(error: unknown): unknown {
  if (error instanceof AppError) return error;
  const reason = unavailableBecause(error);
  if (reason === null) return error;
  return new AppError('unavailable', `${reason} Nothing was changed by this request.`, { cause: error });
}

function unavailableBecause(error: unknown): string | null {
  const code = (error as { code?: string }).code ?? '';
  const message = error instanceof Error ? error.message : '';
  const tls = tlsFailure(error, 'The console’s database');
  if (tls) return tls;
  const { syscall, path } = error as NodeJS.ErrnoException;
  if (syscall === 'open') return `The certificate file ${path} of the database’s URL cannot be read.`;
  // A pooler uses this one code for all its refusals.
  if (code === '08P01' && /unsupported|parameter/i.test(message))
    return `A pooler in front of the console’s database refuses how the console connects (${message}). Take that parameter out of the URL, or let the pooler ignore it.`;
  if (/^(28|3D000)/.test(code) && /no encryption|SSL off/.test(message))
    return 'The console’s database accepts only encrypted connections. Add sslmode=verify-full to its URL.';
  if (
    /^(28|3D000)/.test(code) ||
    (code === '08P01' && /no such (database|user)|does not exist|auth|password/i.test(message))
  )
    return 'The console’s database refuses this user or password, or does not exist.';
  if (
    /^(ECONN|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|EPIPE|57P0[123]|53300|08)/.test(code) ||
    /timeout exceeded when trying to connect|Connection terminated|is not queryable/.test(message)
  )
    return 'The console’s database does not answer.';
  return null;
}
