import { randomUUID } from 'node:crypto';
import { type ClickHouseClient, ClickHouseError, createClient, type ResponseHeaders } from '@clickhouse/client';
import type { z } from 'zod';
import { firstOf } from '@/lib/clock';
import type { ClickHouseUser } from '@/lib/config';
import { AppError } from '@/lib/errors';
import type { Log } from '@/lib/log';
import { tlsFailure } from '@/lib/tls-failure';
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

/** Settings that every read carries: FACTS 7, 11 and 12. */
const readSettings: ClickHouseSettings = {
  ...progressSettings,
  output_format_json_quote_64bit_integers: 1,
  skip_unavailable_shards: 0,
  cancel_http_readonly_queries_on_client_close: 1,
  date_time_output_format: 'iso',
};

/**
 * A connection to ClickHouse as one of its users. `read` runs a statement and parses every row; `command` runs one
 * that returns nothing. Errors: AppError('unavailable') when the engine does not answer, AppError('limit') when a
 * time or memory limit was hit, AppError('refused') when the user may not; any other ClickHouseError passes as it is.
 */
export class ClickHouse {
  readonly client: ClickHouseClient;
  private readonly log: Log;
  private readonly user: string;
  private readonly patience: { ms: number; pulse: Pulse } | null;
  private readonly bounds: Bounds = {};
  private readonly connection;

  /** `patienceMs`: a statement fails as 'unavailable' when the engine gives no sign of life for so long. */
  constructor(options: { url: string; user: ClickHouseUser; log: Log; application?: string; patienceMs?: number }) {
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
    this.patience = options.patienceMs ? { ms: options.patienceMs, pulse: new Pulse(this.connection) } : null;
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
    const startedAt = performance.now();
    const queryId = randomUUID();
    try {
      const body = await this.ask(args.signal, readSilence, async (abort_signal) => {
        const result = await this.client.query({
          query: textOf(statement, args.names),
          query_params: statement.params.parse(args.params) as Record<string, unknown>,
          format: 'JSON',
          query_id: queryId,
          session_id: args.sessionId,
          abort_signal,
          clickhouse_settings: this.settings(statement.name, args, readSettings),
        });
        return { ...(await result.json<unknown>()), headers: result.response_headers };
      });
      return {
        headers: body.headers,
        rows: body.data.map((row) => statement.row.parse(row)),
        queryId,
        rowsRead: Number(body.statistics?.rows_read ?? 0),
        bytesRead: Number(body.statistics?.bytes_read ?? 0),
        elapsedMs: performance.now() - startedAt,
      };
    } catch (error) {
      throw this.translate(error, statement.name, readSilence);
    }
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
    try {
      const result = await this.ask(args.signal, commandSilence, (abort_signal) =>
        this.client.command({
          query: textOf(statement, args.names),
          query_params: statement.params.parse(args.params) as Record<string, unknown>,
          query_id: queryId,
          session_id: args.sessionId,
          abort_signal,
          clickhouse_settings: this.settings(statement.name, args, { ...progressSettings, wait_end_of_query: 1 }),
        }),
      );
      return {
        queryId,
        rowsRead: Number(result.summary?.read_rows ?? 0),
        bytesRead: Number(result.summary?.read_bytes ?? 0),
        rowsWritten: Number(result.summary?.written_rows ?? 0),
        elapsedMs: performance.now() - startedAt,
      };
    } catch (error) {
      throw this.translate(error, statement.name, commandSilence);
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.client.close(), this.patience?.pulse.close()]);
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
      const asked = statement(AbortSignal.any(ends)).catch((error) => {
        if (!(signal?.reason instanceof DOMException && signal.reason.name === 'TimeoutError')) throw error;
        throw new AppError('unavailable', silence, { cause: error });
      });
      const { patience } = this;
      if (!patience) return asked;
      const lost = patience.pulse.lost(patience.ms, new AppError('unavailable', silence), over.signal);
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

  private translate(error: unknown, name: string, silence: string): unknown {
    if (error instanceof AppError) return error;
    if (error instanceof ClickHouseError) {
      if (silentCodes.has(error.code)) return new AppError('unavailable', silence, { cause: error });
      if (['159', '160', '241', '158', '307', '396'].includes(error.code)) {
        return new AppError('limit', 'ClickHouse stopped the query at its time or memory limit.', { cause: error });
      }
      this.log.error({ statement: name, code: error.code, err: error }, 'clickhouse refused a statement');
      const refusal = settingRefusal(error, this.user);
      if (refusal) return new AppError('refused', refusal, { cause: error });
      if (!deniedCodes.has(error.code)) return error;
      const sentence = `ClickHouse refuses this to its user ${this.user}, whose password or a right is missing. Nothing was changed by this request. The rights are in deploy/clickhouse/users.sql.`;
      return new AppError('refused', sentence, { cause: error });
    }
    const tls = tlsFailure(error, 'ClickHouse');
    if (tls) return new AppError('unavailable', `${tls} Nothing was changed by this request.`, { cause: error });
    if (error instanceof Error && isConnectionFailure(error)) {
      return new AppError('unavailable', silence, { cause: error });
    }
    return error;
  }
}

const readSilence = 'ClickHouse does not answer. Nothing was changed by this request.';
const commandSilence =
  'ClickHouse does not answer, and whether it did what was asked is not known. Look before it is repeated.';

/**
 * Errors of a server that is there and cannot answer: a shard, a replica, Keeper or the engine behind it is not, or it
 * is shutting down. 209 socket timeout, 210 network, 225 and 999 Keeper, 236 aborted, 279 no replica, 198 no such host.
 */
const silentCodes = new Set(['198', '209', '210', '225', '236', '279', '999']);

/** 192 no such user, 497 no right, 516 wrong password. */
const deniedCodes = new Set(['192', '497', '516']);

/** What went wrong, for a person: the sentence of an expected failure, ClickHouse's own words, or that the log has it. */
export function sentenceOf(error: unknown): string {
  if (error instanceof AppError) return error.message;
  if (error instanceof ClickHouseError) return `ClickHouse answered: ${error.message.slice(0, 300)}`;
  return 'Something failed that the console did not expect. The log has the details.';
}

function textOf<Names>(statement: { text: unknown }, names: Names): string {
  return typeof statement.text === 'function' ? (statement.text(names) as string) : (statement.text as string);
}

/** True for errors of the connection itself: refused, reset, timed out, closed. */
export function isConnectionFailure(error: Error): boolean {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return (
    /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|UND_ERR)/.test(code) ||
    /socket hang up|Timeout error/i.test(error.message)
  );
}
