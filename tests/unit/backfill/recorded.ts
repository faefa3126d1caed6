import type { z } from 'zod';
import { ClickHouse, type Ran, type RunOptions } from '@/lib/clickhouse/client';
import type { ClickHouseSettings } from '@/lib/clickhouse/settings';
import type { Statement } from '@/lib/clickhouse/statement';
import { fixedClock } from '@/lib/clock';
import { loadConfig } from '@/lib/config';
import { type Context, createContext } from '@/lib/context';
import type { JobPreview } from '@/lib/jobs/model';
import { createProcessLauncher } from '@/lib/jobs/process/launcher';
import { createLog } from '@/lib/log';

const log = createLog('test', 'silent');

export type Answers = {
  rows?: Record<string, unknown[]>;
  running?: boolean | null;
  preview?: JobPreview;
  env?: Record<string, string>;
  nowMs?: number;
};

const mapped = (settings: ClickHouseSettings) =>
  Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, String(value)]));

/** Answers by the statement's name, with rows as the engine would give them. */
export class RecordedClickHouse extends ClickHouse {
  private readonly rowsOf: (name: string) => unknown[];

  constructor(rowsOf: (name: string) => unknown[]) {
    super({ url: 'http://127.0.0.1:9', user: { name: 'slc_reader', password: '' }, log });
    this.rowsOf = rowsOf;
  }

  override async read<Params extends z.ZodType, Row extends z.ZodType, Identifiers>(
    { name, row }: Statement<Params, Row, Identifiers>,
    { settings }: RunOptions,
  ): Promise<Ran<z.output<Row>>> {
    // Every setting arrives as it was sent.
    const recorded = name === 'way.settings' ? [mapped(settings ?? {})] : this.rowsOf(name);
    const headers = { 'x-clickhouse-query-id': '', 'x-clickhouse-progress': '{}' };
    const rows = recorded.map((one) => row.parse(one));
    return { rows, queryId: '', rowsRead: 0, bytesRead: 0, elapsedMs: 0, headers };
  }

  override onNewSockets<T>(work: (clickhouse: ClickHouse) => Promise<T>): Promise<T> {
    return work(this);
  }

  override async command() {
    return { queryId: '', rowsRead: 0, bytesRead: 0, rowsWritten: 0, elapsedMs: 0 };
  }
}

/** A console whose engines answer from `Answers`; it looks a day after the day it is asked about. */
export function contextOf({
  rows = {},
  running = false,
  preview,
  env = {},
  nowMs = Date.UTC(2026, 1, 12),
}: Answers): Context {
  const config = loadConfig({
    NODE_ENV: 'test',
    SLC_DATA_DIR: '/nowhere',
    CLICKHOUSE_URL: 'http://127.0.0.1:9',
    DATABASE_URL: 'postgres://nobody@127.0.0.1:9/nothing',
    ...env,
  });
  return {
    ...createContext({ process: 'test', config, log, clock: fixedClock(nowMs) }),
    clickhouse: new RecordedClickHouse((name) => rows[name] ?? []),
    launcher: async () => ({
      ...createProcessLauncher({ config, log, distDir: '/nowhere' }),
      scheduledLabelerRunning: async () => ({ running, sentence: 'The CronJob says so.' }),
      preview: async () => preview ?? { verdict: 'pass', sentence: 'Accepted.' },
    }),
  };
}
