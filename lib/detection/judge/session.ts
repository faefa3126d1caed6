import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import type { ClickHouse, RunArguments } from '@/lib/clickhouse/client';
import type { ClickHouseSettings } from '@/lib/clickhouse/settings';
import type { Statement } from '@/lib/clickhouse/statement';
import { requireScanWay } from '@/lib/clickhouse/way';
import { AppError, messageOf } from '@/lib/errors';
import type { Log } from '@/lib/log';
import type { Provenance } from '../model';
import { dropTables } from './sql/read';

export type Limits = {
  signal?: AbortSignal;
  timeoutSeconds?: number;
  /** Rows one statement may read; more is AppError('limit'). */
  rowsMax?: number;
  threads?: number;
  /** Is called after each chunk of a scope. */
  onChunk?: (done: number, total: number) => void;
};

export const isLimit = (error: unknown): boolean => error instanceof AppError && error.code === 'limit';

/** The sum of what a session's statements cost. */
export type Cost = Omit<Provenance, 'asOfMs'>;
export const noCost = (): Cost => ({ rowsRead: 0, bytesRead: 0, elapsedMs: 0, queryIds: [] });
export function addCost(sum: Cost, part: Cost): void {
  sum.rowsRead += part.rowsRead;
  sum.bytesRead += part.bytesRead;
  sum.elapsedMs += part.elapsedMs;
  sum.queryIds.push(...part.queryIds);
}

/** Bounds every statement of detection; a statement that hits it fails, and its count says "at least". */
const memoryBytesMax = 4 * 1024 ** 3;

/** With one thread, hash tables in two levels gain nothing. */
const smallStatements = {
  group_by_two_level_threshold: 0,
  group_by_two_level_threshold_bytes: 0,
};

/** Blocks go into the temporary table as they were read: splitting and joining them took a third of the time. */
const wholeBlocks = { preferred_block_size_bytes: 0, min_insert_block_size_rows: 0, min_insert_block_size_bytes: 0 };

/**
 * One HTTP session on one host. Only its own statements see its temporary tables, and they run one after the other.
 * Throws AppError('refused') where something between here and ClickHouse drops settings or splits sessions over hosts.
 */
export class DetectionSession {
  readonly cost = noCost();
  private hasRun = false;
  private readonly id = `slc-${randomUUID()}`;

  constructor(
    private readonly engine: { clickhouse: ClickHouse; log: Log },
    private readonly limits: Limits = {},
  ) {}

  async read<Params extends z.ZodType, Row extends z.ZodType, Identifiers>(
    statement: Statement<Params, Row, Identifiers>,
    params: z.input<Params>,
    identifiers: Identifiers,
  ): Promise<z.output<Row>[]> {
    await requireScanWay(this.engine.clickhouse);
    const ran = await this.engine.clickhouse.read(statement, this.given(params, identifiers));
    addCost(this.cost, { ...ran, queryIds: [ran.queryId] });
    return ran.rows;
  }

  async run<Params extends z.ZodType, Row extends z.ZodType, Identifiers>(
    statement: Statement<Params, Row, Identifiers>,
    params: z.input<Params>,
    identifiers: Identifiers,
  ): Promise<void> {
    await requireScanWay(this.engine.clickhouse);
    this.hasRun = true;
    const ran = await this.engine.clickhouse.command(statement, this.given(params, identifiers));
    addCost(this.cost, { ...ran, queryIds: [ran.queryId] });
  }

  /**
   * Frees the memory of the session's tables, where it ran anything. The session itself ends by its timeout, which also
   * frees the tables after an abort: the server may then still be stopping the statement that holds the session.
   */
  async close(tables: readonly string[]): Promise<void> {
    if (this.limits.signal?.aborted || !this.hasRun) return;
    await this.engine.clickhouse
      .command(dropTables, { identifiers: tables, sessionId: this.id, timeoutSeconds: 30 })
      .catch((error) =>
        this.engine.log.info({ reason: messageOf(error) }, 'temporary tables stay until their session ends'),
      );
  }

  /** What a statement is given, with this session's own options. */
  private given<Params extends z.ZodType, Identifiers>(params: z.input<Params>, identifiers: Identifiers) {
    return { params, identifiers, ...this.options() } as RunArguments<Params, Identifiers>;
  }

  private options() {
    const settings: ClickHouseSettings = { ...smallStatements, ...wholeBlocks, max_threads: this.limits.threads ?? 1 };
    settings.max_memory_usage = memoryBytesMax;
    if (this.limits.rowsMax) settings.max_rows_to_read = this.limits.rowsMax;
    return {
      sessionId: this.id,
      settings,
      signal: this.limits.signal,
      timeoutSeconds: this.limits.timeoutSeconds ?? 600,
    };
  }
}
