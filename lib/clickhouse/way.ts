import { randomUUID } from 'node:crypto';
import { ClickHouseError } from '@clickhouse/client';
import { z } from 'zod';
import { AppError } from '@/lib/errors';
import type { ClickHouse } from './client';
import type { ClickHouseSettings } from './settings';
import { statement } from './statement';

/** What one look at the way between this process and ClickHouse found, with a sentence for a person. */
export type Way = { verdict: 'ok' | 'warning' | 'failed'; sentence: string };

/** What scans depend on. Each has a value that no server has by itself, or one that is right wherever it comes from. */
const scanSettings: ClickHouseSettings = {
  log_comment: 'slc:way',
  max_execution_time: 599,
  output_format_json_quote_64bit_integers: 1,
  date_time_output_format: 'iso',
};

/**
 * What a delete and a restore depend on: with the rows of a backup taken for duplicates, an undo would restore nothing.
 */
const changeSettings: ClickHouseSettings = {
  ...scanSettings,
  insert_deduplicate: 0,
  distributed_foreground_insert: 1,
  mutations_sync: 0,
};

const keptForMs = 10_000;
const readsOfSession = 5;

const Count = z.object({ n: z.coerce.number() });
const None = z.object({});

/** Settings as they arrived. Their names are constants of this file. */
const readSettings = statement({
  name: 'way.settings',
  text: (identifiers: readonly string[]) =>
    `SELECT ${identifiers.map((name) => `toString(getSetting('${name}')) AS ${name}`).join(', ')}`,
  params: None,
  row: z.record(z.string(), z.string()),
});
const makeTable = statement({
  name: 'way.make',
  text: 'CREATE TEMPORARY TABLE slc_way ENGINE = Memory AS SELECT 1 AS n',
  params: None,
  row: None,
});
const readTable = statement({
  name: 'way.read',
  text: 'SELECT count() AS n FROM slc_way',
  params: None,
  row: Count,
});
const dropTable = statement({
  name: 'way.drop',
  text: 'DROP TEMPORARY TABLE IF EXISTS slc_way',
  params: None,
  row: None,
});
/** A fifth of a second in blocks of one row: the server reports progress between them. */
const readSlowly = statement({
  name: 'way.progress',
  text: 'SELECT sum(sleepEachRow(0.01)) AS n FROM numbers(20) SETTINGS max_block_size = 1',
  params: None,
  row: Count,
});

/** Finds out once for all who ask within ten seconds; what could not be asked is not kept. */
function keptFor(look: (clickhouse: ClickHouse) => Promise<Way>) {
  const kept = new WeakMap<object, { at: number; way: Promise<Way> }>();
  return (clickhouse: ClickHouse): Promise<Way> => {
    const known = kept.get(clickhouse.client);
    if (known && performance.now() - known.at < keptForMs) return known.way;
    const way = look(clickhouse);
    kept.set(clickhouse.client, { at: performance.now(), way });
    way.catch(() => kept.delete(clickhouse.client));
    return way;
  };
}

const scanWay = keptFor(async (clickhouse) => {
  const ways = await Promise.all([lookAtSettings(clickhouse, scanSettings), lookAtSession(clickhouse)]);
  return ways.find((way) => way.verdict !== 'ok') ?? ok;
});

/**
 * Whether ClickHouse hears what this process says: settings arrive, a session stays on one server, query ids are kept
 * and progress comes back. Asks about ten small statements, and keeps the answer for ten seconds. Throws like
 * `ClickHouse.read` when it cannot ask.
 */
export const lookAtWay = keptFor(async (clickhouse) => {
  const [scan, progress] = await Promise.all([scanWay(clickhouse), lookAtProgress(clickhouse)]);
  return scan.verdict === 'ok' ? progress : scan;
});

/** Throws AppError('refused') where a scan, or a plan that is made of one, would be wrong by the way it takes. */
export async function requireScanWay(clickhouse: ClickHouse): Promise<void> {
  refuse(await scanWay(clickhouse));
}

/** Throws AppError('refused') where a Job that changes ClickHouse would change something else than was meant. */
export async function requireChangeWay(clickhouse: ClickHouse): Promise<void> {
  refuse(await lookAtSettings(clickhouse, changeSettings));
}

function refuse(way: Way): void {
  if (way.verdict === 'failed') throw new AppError('refused', `${way.sentence} Nothing was changed.`);
}

const ok: Way = {
  verdict: 'ok',
  sentence: 'Settings, sessions, query ids and progress headers pass between the console and ClickHouse.',
};

async function lookAtSettings(clickhouse: ClickHouse, settings: ClickHouseSettings): Promise<Way> {
  const identifiers = Object.keys(settings);
  const { rows } = await clickhouse.read(readSettings, { identifiers: identifiers, settings });
  const [arrived = {}] = rows;
  const lost = identifiers.filter((name) => plain(arrived[name]) !== String(settings[name]));
  if (lost.length === 0) return ok;
  return {
    verdict: 'failed',
    sentence: `A proxy between the console and ClickHouse drops settings of statements (${lost.join(', ')}), as chproxy does. Point CLICKHOUSE_URL at a server, or at a proxy that passes settings on.`,
  };
}

const plain = (value = '') => ({ true: '1', false: '0' })[value] ?? value;

/** Reads a temporary table of one session back on several connections, which a balancer may lead to several servers. */
function lookAtSession(clickhouse: ClickHouse): Promise<Way> {
  const asked = { sessionId: `slc-way-${randomUUID()}` };
  return clickhouse.onNewSockets(async (apart): Promise<Way> => {
    try {
      await apart.command(makeTable, asked);
      for (let read = 0; read < readsOfSession; read += 1) await apart.read(readTable, asked);
      return ok;
    } catch (error) {
      if (!isForgotten(error)) throw error;
      return { verdict: 'failed', sentence: forgotten };
    } finally {
      await apart.command(dropTable, asked).catch(() => undefined);
    }
  });
}

const forgotten =
  'A balancer before ClickHouse sends the statements of one session to different servers. Point CLICKHOUSE_URL at one server, or let the balancer keep each session_id on one.';

/** 60 no such table, 372 no such session: of a server that has not heard what the session said before. */
const isForgotten = (error: unknown): boolean =>
  error instanceof ClickHouseError && (error.code === '60' || error.code === '372');

async function lookAtProgress(clickhouse: ClickHouse): Promise<Way> {
  const settings = { http_headers_progress_interval_ms: 50 };
  const { queryId, headers } = await clickhouse.read(readSlowly, { settings });
  if (headers['x-clickhouse-query-id'] !== queryId)
    return {
      verdict: 'warning',
      sentence:
        'A proxy between the console and ClickHouse replaces query ids, so those that the console shows are not in system.query_log.',
    };
  if (headers['x-clickhouse-progress'] === undefined)
    return {
      verdict: 'warning',
      sentence:
        'Progress headers do not come back from ClickHouse, so a balancer may cut a statement that is silent for a minute.',
    };
  return ok;
}
