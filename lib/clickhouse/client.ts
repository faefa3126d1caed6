import { randomUUID } from 'node:crypto';
import { type ClickHouseClient, ClickHouseError, createClient, type ResponseHeaders } from '@clickhouse/client';
import type { z } from 'zod';
import { firstOf } from '@/lib/clock';
import type { ClickHouseUser } from '@/lib/config';
import { AppError } from '@/lib/errors';
import type { Log } from '@/lib/log';
import { type Patience, patiently } from '@/lib/patience';
import { tlsFailure } from '@/lib/tls-failure';
import { isClickHouses, parseAnswer, thrown } from './answer';
import { ForeignAnswer, failureOf, neverRan, whyNot } from './failure';
import { quoteTable, type TableName } from './names';
import { Pulse } from './pulse';
import { settingRefusal } from './setting-refusal';
import type { Statement } from './statement';

export type ClickHouseSettings = Record<string, string | number>;

/** What ran: for evidence, logs and the result's provenance. */
export type Ran<Row> = {
  rows: Row[];
  queryId: string;
  rowsRead: number;
  bytesRead: number;
  elapsedMs: number;
  headers: ResponseHeaders;
};

export type RunOptions = {
  sessionId?: string;
  settings?: ClickHouseSettings;
  signal?: AbortSignal;
  timeoutSeconds?: number;
};

/** What holds for every statement that one request makes. */
export type Bounds = {
  /** The statements end with it, at the engine too. */
  signal?: AbortSignal;
  /** Runs each statement when it is its turn; rejects when `signal` fires before. */
  turn?: <T>(work: () => Promise<T>) => Promise<T>;
  /** Instead of the connection's own. */
  patienceMs?: number;
};

type RunArguments<Params extends z.ZodType, Names> = {
  params: z.input<Params>;
  names: Names;
} & RunOptions;

/** The statement runs as long as it takes, but a balancer cuts what is silent for a minute. */
const progressSettings: ClickHouseSettings = {
  send_progress_in_http_headers: 1,
  http_headers_progress_interval_ms: 20_000,
};
/** An hour of progress headers, where Node would refuse an answer at 16 kB of them. */
const headersBytesMost = 256 * 1024;

/** Settings that every read carries, for whole and exact answers: docs/clickhouse-facts.md#partial-answers. */
const readSettings: ClickHouseSettings = {
  ...progressSettings,
  output_format_json_quote_64bit_integers: 1,
  skip_unavailable_shards: 0,
  cancel_http_readonly_queries_on_client_close: 1,
  date_time_output_format: 'iso',
};

/** One batch of rows as JSON arrays; `name` goes into `log_comment`. */
type Insert = {
  name: string;
  table: TableName;
  columns: [string, ...string[]];
  values: unknown[][];
  settings: ClickHouseSettings;
  signal?: AbortSignal;
};

/**
 * A connection to ClickHouse as one of its users. `read` runs a statement and parses every row; `command` and `insert`
 * return nothing. Errors: AppError('unavailable') for what passes (`failure.ts`), AppError('limit') when a time or
 * memory limit was hit, AppError('refused') when the user may not; any other ClickHouseError passes as it is. With
 * `retry` a read outside a session is asked again first; what changes something never is.
 */
export class ClickHouse {
  readonly client: ClickHouseClient;
  private readonly log: Log;
  private readonly user: string;
  private readonly patienceMs: number | null;
  private readonly pulse: Pulse;
  private readonly retry: Patience | null;
  private readonly bounds: Bounds = {};
  private readonly connection;

  /** `patienceMs`: a statement fails as 'unavailable' when the engine gives no sign of life for so long. */
  constructor(options: {
    url: string;
    user: ClickHouseUser;
    log: Log;
    application?: string;
    patienceMs?: number;
    retry?: Patience;
  }) {
    this.retry = options.retry ?? null;
    this.log = options.log;
    this.user = options.user.name;
    this.connection = {
      url: options.url,
      username: options.user.name,
      password: options.user.password,
      application: options.application ?? 'stale-label-console',
      request_timeout: 3_600_000,
      max_response_headers_size: headersBytesMost,
      keep_alive: { enabled: true, idle_socket_ttl: 2_000 },
      log: { level: 127 as const },
    };
    this.client = createClient({ ...this.connection, max_open_connections: 16 });
    this.patienceMs = options.patienceMs ?? null;
    this.pulse = new Pulse(this.connection);
  }

  /** The same connection for one request. What is kept for a connection is kept by its `client`, which both share. */
  within(bounds: Bounds): ClickHouse {
    return Object.create(this, { bounds: { value: bounds } });
  }

  /** Runs `work` on connections of which each carries one statement, as a balancer sees new callers. */
  async onNewSockets<T>(work: (clickhouse: ClickHouse) => Promise<T>): Promise<T> {
    const client = createClient({ ...this.connection, keep_alive: { enabled: false } });
    try {
      return await work(Object.create(this, { client: { value: client } }));
    } finally {
      await client.close();
    }
  }

  async read<Params extends z.ZodType, Row extends z.ZodType, Names>(
    statement: Statement<Params, Row, Names>,
    args: RunArguments<Params, Names>,
  ): Promise<Ran<z.output<Row>>> {
    const once = () => this.readOnce(statement, args);
    // NOTE: what earlier statements left in a session may be lost too, so only the opener of the session can start again.
    return args.sessionId === undefined ? this.again(once, args.signal) : once();
  }

  /** Runs `work`, which must be safe to repeat as a whole, with this connection's patience. */
  again<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    return patiently(this.retry, work, signal);
  }

  private async readOnce<Params extends z.ZodType, Row extends z.ZodType, Names>(
    statement: Statement<Params, Row, Names>,
    args: RunArguments<Params, Names>,
  ): Promise<Ran<z.output<Row>>> {
    const startedAt = performance.now();
    const queryId = randomUUID();
    const asked = {
      query: textOf(statement, args.names),
      query_params: statement.params.parse(args.params) as Record<string, unknown>,
    };
    const { body, headers } = await this.tell(statement.name, args.signal, unchanged, async (abort_signal) => {
      const result = await this.client.query({
        ...asked,
        format: 'JSON',
        query_id: queryId,
        session_id: args.sessionId,
        abort_signal,
        clickhouse_settings: this.settings(statement.name, args, readSettings),
      });
      const headers = result.response_headers;
      return { body: parseAnswer(await result.text(), headers), headers };
    });
    return {
      headers,
      rows: (body?.data ?? []).map((row) => statement.row.parse(row)),
      queryId,
      rowsRead: body?.statistics?.rows_read ?? 0,
      bytesRead: body?.statistics?.bytes_read ?? 0,
      elapsedMs: performance.now() - startedAt,
    };
  }

  /** The only row of a statement that always returns one. */
  async readOne<Params extends z.ZodType, Row extends z.ZodType, Names>(
    statement: Statement<Params, Row, Names>,
    args: RunArguments<Params, Names>,
  ): Promise<z.output<Row>> {
    const { rows } = await this.read(statement, args);
    const [row] = rows;
    if (rows.length !== 1 || row === undefined)
      throw new Error(`${statement.name} returned ${rows.length} rows, not 1`);
    return row;
  }

  async command<Params extends z.ZodType, Row extends z.ZodType, Names>(
    statement: Statement<Params, Row, Names>,
    args: RunArguments<Params, Names>,
  ): Promise<{ queryId: string; rowsRead: number; bytesRead: number; rowsWritten: number; elapsedMs: number }> {
    const startedAt = performance.now();
    const queryId = randomUUID();
    const asked = {
      query: textOf(statement, args.names),
      query_params: statement.params.parse(args.params) as Record<string, unknown>,
    };
    const summary = await this.tell(statement.name, args.signal, unknown, async (abort_signal) => {
      const result = await this.client.command({
        ...asked,
        query_id: queryId,
        session_id: args.sessionId,
        abort_signal,
        clickhouse_settings: this.settings(statement.name, args, { ...progressSettings, wait_end_of_query: 1 }),
      });
      refuseForeign(result.response_headers);
      return result.summary;
    });
    return {
      queryId,
      rowsRead: Number(summary?.read_rows ?? 0),
      bytesRead: Number(summary?.read_bytes ?? 0),
      rowsWritten: Number(summary?.written_rows ?? 0),
      elapsedMs: performance.now() - startedAt,
    };
  }

  async insert({ name, table, columns, values, settings, signal }: Insert): Promise<void> {
    await this.tell(name, signal, unknown, async (abort_signal) => {
      const result = await this.client.insert({
        table: quoteTable(table),
        columns,
        values,
        format: 'JSONCompactEachRow',
        abort_signal,
        clickhouse_settings: { log_comment: `slc:${name}`, ...settings },
      });
      refuseForeign(result.response_headers);
    });
  }

  async close(): Promise<void> {
    await Promise.all([this.client.close(), this.pulse.close()]);
  }

  /** Asks in turn and within the bounds; gives up when the engine is silent, and when `signal` or the request's fires. */
  private ask<T>(
    signal: AbortSignal | undefined,
    silence: string,
    statement: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const { turn = (work) => work() } = this.bounds;
    return turn(async () => {
      const over = new AbortController();
      const ends = [signal, this.bounds.signal, over.signal].filter((one) => one !== undefined);
      const end = AbortSignal.any(ends);
      // NOTE: the client hears of an abort only while its request runs.
      const asked = (end.aborted ? Promise.reject(end.reason) : statement(end)).catch((error) => {
        if (![signal, this.bounds.signal].some(isOver)) throw error;
        throw new AppError('unavailable', silence, { cause: error });
      });
      const patienceMs = this.bounds.patienceMs ?? this.patienceMs;
      if (patienceMs === null) return asked;
      const lost = this.pulse.lost(patienceMs, new AppError('unavailable', silence), over.signal);
      return firstOf([asked, lost], over);
    });
  }

  private settings(name: string, options: RunOptions, base: ClickHouseSettings): ClickHouseSettings {
    return {
      ...base,
      max_execution_time: options.timeoutSeconds ?? 600,
      log_comment: `slc:${name}`,
      ...options.settings,
    };
  }

  /** Runs one exchange; a failure that can be expected becomes an AppError that ends with what is known of it. */
  private async tell<T>(
    name: string,
    signal: AbortSignal | undefined,
    known: string,
    statement: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    try {
      return await this.ask(signal, `ClickHouse does not answer. ${known}`, statement);
    } catch (error) {
      if (signal?.aborted || this.bounds.signal?.aborted || error instanceof AppError) throw error;
      throw this.translate(thrown(error), name, known);
    }
  }

  private translate(error: unknown, name: string, known: string): unknown {
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
    this.log.error({ statement: name, code: error.code, err: error }, 'clickhouse refused a statement');
    const refusal = settingRefusal(error, this.user);
    if (refusal) return new AppError('refused', refusal, { cause: error });
    if (failure !== 'denied') return error;
    const sentence = `ClickHouse refuses this to its user ${this.user}, whose password or a right is missing. ${unchanged} The rights are in deploy/clickhouse/users.sql.`;
    return new AppError('refused', sentence, { cause: error });
  }
}

const unchanged = 'Nothing was changed by this request.';
const unknown = 'Whether it did what was asked is not known. Look before it is repeated.';

/** An answer without ClickHouse's headers proves nothing, whatever its status. */
function refuseForeign(headers: Record<string, unknown> | undefined): void {
  if (!isClickHouses(headers)) throw new ForeignAnswer('something in between answered in its place');
}

/** What went wrong, for a person: the sentence of an expected failure, ClickHouse's own words, or that the log has it. */
export function sentenceOf(error: unknown): string {
  if (error instanceof AppError) return error.message;
  if (error instanceof ClickHouseError) return `ClickHouse answered: ${error.message.slice(0, 300)}`;
  return 'Something failed that the console did not expect. The log has the details.';
}

/** Whether the time that was given to a statement is over, where it did not end because nobody waits for it any more. */
const isOver = (signal?: AbortSignal): boolean =>
  signal?.reason instanceof DOMException && signal.reason.name === 'TimeoutError';

function textOf<Names>(statement: { text: unknown }, names: Names): string {
  return typeof statement.text === 'function' ? (statement.text(names) as string) : (statement.text as string);
}
