import { randomUUID } from 'node:crypto';
import { type ClickHouseClient, createClient, type ResponseHeaders } from '@clickhouse/client';
import type { z } from 'zod';
import type { ClickHouseUser } from '@/lib/config';
import { AppError } from '@/lib/errors';
import type { Log } from '@/lib/log';
import { instruments } from '@/lib/metrics/instruments';
import { type Patience, patiently } from '@/lib/patience';
import { isClickHouses, parseAnswer, thrown } from './answer';
import { type Bounds, runWithin } from './bounds';
import { ForeignAnswer, isPassing } from './failure';
import { quoteTable, type TableName } from './identifiers';
import { Pulse } from './pulse';
import { Recent } from './recent';
import { type ClickHouseSettings, commandSettings, headersBytesMost, readSettings } from './settings';
import { askedOf, type Statement, type StatementInput } from './statement';
import { translate, unchanged, unknownOutcome } from './translate';

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

export type RunArguments<Params extends z.ZodType, Identifiers> = StatementInput<Params, Identifiers> & RunOptions;
/** The same for every statement: the types of one are checked at its call. */
type Given = { params?: unknown; identifiers?: unknown } & RunOptions;

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
 * return nothing. Errors: AppError('unavailable') for what passes (`translate.ts`), AppError('limit') when a time or
 * memory limit was hit, AppError('refused') when the user may not; any other ClickHouseError passes as it is. With
 * `retry` a read outside a session is asked again first; what changes something never is.
 */
export class ClickHouse {
  readonly client: ClickHouseClient;
  private readonly log: Log;
  private readonly user: string;
  readonly patienceMs: number | null;
  readonly pulse: Pulse;
  private readonly retry: Patience | null;
  readonly bounds: Bounds = {};
  readonly recent = new Recent();
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

  async read<Params extends z.ZodType, Row extends z.ZodType, Identifiers>(
    statement: Statement<Params, Row, Identifiers>,
    args: RunArguments<Params, Identifiers>,
  ): Promise<Ran<z.output<Row>>> {
    const given: Given = args;
    const once = () => this.readOnce(statement, given);
    // NOTE: what earlier statements left in a session may be lost too, so only the opener of the session can start again.
    return given.sessionId === undefined ? this.again(once, given.signal) : once();
  }

  /** Runs `work`, which must be safe to repeat as a whole, with this connection's patience. */
  again<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    return patiently(this.retry, work, signal);
  }

  private async readOnce<Params extends z.ZodType, Row extends z.ZodType, Identifiers>(
    statement: Statement<Params, Row, Identifiers>,
    given: Given,
  ): Promise<Ran<z.output<Row>>> {
    const startedAt = performance.now();
    const queryId = randomUUID();
    const asked = askedOf(statement, given);
    const { body, headers } = await this.exchange(statement.name, given.signal, unchanged, async (abort_signal) => {
      const result = await this.client.query({
        ...asked,
        format: 'JSON',
        query_id: queryId,
        session_id: given.sessionId,
        abort_signal,
        clickhouse_settings: settingsOf(statement.name, given, readSettings),
      });
      const headers = result.response_headers;
      return { body: parseAnswer(await result.text(), headers), headers };
    });
    countRows(statement.name, body?.statistics?.rows_read);
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
  async readOne<Params extends z.ZodType, Row extends z.ZodType, Identifiers>(
    statement: Statement<Params, Row, Identifiers>,
    args: RunArguments<Params, Identifiers>,
  ): Promise<z.output<Row>> {
    const { rows } = await this.read(statement, args);
    const [row] = rows;
    if (rows.length !== 1 || row === undefined)
      throw new Error(`${statement.name} returned ${rows.length} rows, not 1`);
    return row;
  }

  async command<Params extends z.ZodType, Row extends z.ZodType, Identifiers>(
    statement: Statement<Params, Row, Identifiers>,
    args: RunArguments<Params, Identifiers>,
  ): Promise<{ queryId: string; rowsRead: number; bytesRead: number; rowsWritten: number; elapsedMs: number }> {
    const startedAt = performance.now();
    const queryId = randomUUID();
    const given: Given = args;
    const asked = askedOf(statement, given);
    const summary = await this.exchange(statement.name, given.signal, unknownOutcome, async (abort_signal) => {
      const result = await this.client.command({
        ...asked,
        query_id: queryId,
        session_id: given.sessionId,
        abort_signal,
        clickhouse_settings: settingsOf(statement.name, given, commandSettings),
      });
      refuseForeign(result.response_headers);
      return result.summary;
    });
    countRows(statement.name, Number(summary?.read_rows ?? 0));
    return {
      queryId,
      rowsRead: Number(summary?.read_rows ?? 0),
      bytesRead: Number(summary?.read_bytes ?? 0),
      rowsWritten: Number(summary?.written_rows ?? 0),
      elapsedMs: performance.now() - startedAt,
    };
  }

  async insert({ name, table, columns, values, settings, signal }: Insert): Promise<void> {
    await this.exchange(name, signal, unknownOutcome, async (abort_signal) => {
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

  /** Runs one exchange; a failure that can be expected becomes an AppError that ends with what is known of the data. */
  private async exchange<T>(
    name: string,
    signal: AbortSignal | undefined,
    known: string,
    statement: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const over = instruments.statementSeconds.startTimer({ statement: name });
    try {
      const answer = await runWithin(this, { signal, silence: `ClickHouse does not answer. ${known}` }, statement);
      this.recent.note(false);
      return answer;
    } catch (error) {
      if (signal?.aborted || this.bounds.signal?.aborted) throw error;
      this.recent.note(isPassing(error instanceof AppError ? error : thrown(error)));
      const translated =
        error instanceof AppError ? error : translate(thrown(error), { name, known, user: this.user, log: this.log });
      const code = translated instanceof AppError ? translated.code : 'unexpected';
      instruments.statementErrors.inc({ statement: name, code });
      throw translated;
    } finally {
      over();
    }
  }
}

const countRows = (statement: string, rows = 0) => rows > 0 && instruments.statementRows.inc({ statement }, rows);

const settingsOf = (name: string, given: RunOptions, base: ClickHouseSettings): ClickHouseSettings => ({
  ...base,
  max_execution_time: given.timeoutSeconds ?? 600,
  log_comment: `slc:${name}`,
  ...given.settings,
});

/** An answer without ClickHouse's headers proves nothing, whatever its status. */
function refuseForeign(headers: Record<string, unknown> | undefined): void {
  if (!isClickHouses(headers)) throw new ForeignAnswer('something in between answered in its place');
}
