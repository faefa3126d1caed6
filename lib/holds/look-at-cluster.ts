import { batchesOf } from '@/lib/clickhouse/batches';
import type { ClickHouse } from '@/lib/clickhouse/client';
import { isPassing } from '@/lib/clickhouse/failure';
import { type TableName, tableText } from '@/lib/clickhouse/identifiers';
import { sentenceOf } from '@/lib/clickhouse/translate';
import type { Context } from '@/lib/context';
import type { CustomerTables } from '@/lib/customers/model';
import { type HoldKind, type HoldLook, type HoldNumber, holdKinds } from './model';
import { countOthersMutations, countParts, countRunningMutations, readFreeDisk, readReplicas } from './sql/numbers';

/** How old numbers may be. */
const keptMs = 5_000;
/** A number that the reader may not read is asked for again after so long. */
const refusedMs = 5 * 60_000;
/** A table that nobody asked about for so long is not read any more. */
const forgottenMs = 60_000;
const timeoutSeconds = 10;

type Reader = Pick<Context, 'clickhouse' | 'clock' | 'config'>;
export type HeldTables = Pick<CustomerTables, 'readCluster'> & { labels: { local: TableName } };
type Found = { kind: HoldKind; value: number; host: string; table: string | null };
type Numbers = { atMs: number; tables: ReadonlySet<string>; found: Found[]; unread: Map<HoldKind, Unread> };
type Unread = HoldLook['unread'][number];
type Cluster = {
  asked: Map<string, { name: TableName; atMs: number }>;
  numbers: Numbers | null;
  running: Promise<Numbers> | null;
  /** What the reader may not read, until it is asked again. */
  refused: Map<HoldKind, { until: number; unread: Unread }>;
  /** Since when these could not be read. */
  unreadSince: Map<HoldKind, number>;
};

/** For each connection its clusters, so that everybody in this process shares one read. */
const clusters = new WeakMap<ClickHouse['client'], Map<string | null, Cluster>>();

/**
 * The numbers that work on a label table waits for, at most five seconds old. Each cluster is read once for all callers
 * of this process. A number that cannot be read is null, and `unread` says why.
 */
export async function lookAtCluster(ctx: Reader, of: HeldTables): Promise<HoldLook> {
  const table = tableText(of.labels.local);
  const { atMs, found, unread } = await numbersOf(ctx, of, table);
  const numbers = holdKinds.map((kind) => numberOf(ctx, kind, { table, found, unread }));
  return { table, atMs, numbers, unread: [...unread.values()] };
}

function numberOf(
  { clickhouse, config, clock }: Reader,
  kind: HoldKind,
  { table, found, unread }: { table: string; found: Found[]; unread: ReadonlyMap<HoldKind, Unread> },
): HoldNumber {
  const limit = config.holds[kind];
  if (kind === 'errors') return { kind, limit, host: null, value: clickhouse.recent.failedPercent(clock.now()) };
  const own = found.filter((one) => one.kind === kind && (one.table === null || one.table === table));
  if (unread.has(kind)) return { kind, limit, host: null, value: null };
  if (kind === 'read-only replicas')
    return {
      kind,
      limit,
      host: own.find((one) => one.value > 0)?.host ?? null,
      value: own.reduce((sum, one) => sum + one.value, 0),
    };
  const [worst] = own.toSorted((a, b) => (kind === 'free disk' ? a.value - b.value : b.value - a.value));
  // NOTE: no row is a zero, except of disks: a host without local disks has no percentage.
  return { kind, limit, host: worst?.host ?? null, value: worst?.value ?? (kind === 'free disk' ? null : 0) };
}

async function numbersOf(ctx: Reader, of: HeldTables, table: string): Promise<Numbers> {
  const known = clusters.get(ctx.clickhouse.client) ?? new Map<string | null, Cluster>();
  clusters.set(ctx.clickhouse.client, known);
  const cluster = known.get(of.readCluster) ?? {
    asked: new Map(),
    numbers: null,
    running: null,
    refused: new Map(),
    unreadSince: new Map(),
  };
  known.set(of.readCluster, cluster);
  cluster.asked.set(table, { name: of.labels.local, atMs: ctx.clock.now() });
  const { numbers } = cluster;
  const ageMs = numbers ? ctx.clock.now() - numbers.atMs : Number.POSITIVE_INFINITY;
  if (numbers?.tables.has(table) && ageMs >= 0 && ageMs < keptMs) return numbers;
  if (cluster.running) {
    const running = await cluster.running;
    if (running.tables.has(table)) return running;
  }
  cluster.running ??= read(ctx, of.readCluster, cluster).finally(() => {
    cluster.running = null;
  });
  return cluster.running;
}

async function read(ctx: Reader, name: string | null, cluster: Cluster): Promise<Numbers> {
  const atMs = ctx.clock.now();
  for (const [key, one] of cluster.asked) if (atMs - one.atMs > forgottenMs) cluster.asked.delete(key);
  const asked = [...cluster.asked.values()].map((one) => one.name);
  const batches = batchesOf(asked, tableText).map((batch) => ({
    databases: batch.map((one) => one.database),
    tables: batch.map((one) => one.table),
  }));
  const identifiers = { cluster: name };
  // NOTE: the caller who began the read may go, so it is bound to nobody.
  const clickhouse = ctx.clickhouse.within({});
  const unread = new Map<HoldKind, Unread>();
  const found: Found[] = [];
  const each = async (kinds: HoldKind[], ask: () => Promise<Found[]>) => {
    const known = kinds[0] && cluster.refused.get(kinds[0]);
    if (known && atMs < known.until) {
      for (const kind of kinds) unread.set(kind, known.unread);
      return;
    }
    try {
      found.push(...(await ask()));
      for (const kind of kinds) cluster.unreadSince.delete(kind);
    } catch (error) {
      const sentence = `${kinds.join(' and ')} cannot be read, so nothing is held for ${kinds.length > 1 ? 'them' : 'it'}. ${sentenceOf(error)}`;
      const passes = isPassing(error);
      for (const kind of kinds) {
        const sinceMs = cluster.unreadSince.get(kind) ?? atMs;
        cluster.unreadSince.set(kind, sinceMs);
        unread.set(kind, { sentence, passes, sinceMs });
        if (!passes) cluster.refused.set(kind, { until: atMs + refusedMs, unread: { sentence, passes, sinceMs } });
      }
    }
  };
  const ofTables = async <Row>(ask: (params: (typeof batches)[number]) => Promise<{ rows: Row[] }>): Promise<Row[]> => {
    const rows: Row[] = [];
    for (const params of batches) rows.push(...(await ask(params)).rows);
    return rows;
  };
  const ofTable = (kind: HoldKind, rows: { database: string; table: string; host: string; value: number }[]) =>
    rows.map((row) => ({ kind, value: row.value, host: row.host, table: tableText(row) }));
  const ofHost = (kind: HoldKind, rows: { host: string; value: number }[]) =>
    rows.map((row) => ({ kind, ...row, table: null }));
  await Promise.all([
    each(['mutations'], async () =>
      ofTable(
        'mutations',
        await ofTables((params) => clickhouse.read(countOthersMutations, { params, identifiers, timeoutSeconds })),
      ),
    ),
    each(['parts'], async () =>
      ofTable(
        'parts',
        await ofTables((params) => clickhouse.read(countParts, { params, identifiers, timeoutSeconds })),
      ),
    ),
    each(['read-only replicas', 'replica delay'], async () => {
      const rows = await ofTables((params) => clickhouse.read(readReplicas, { params, identifiers, timeoutSeconds }));
      const delays = rows.map((row) => ({ ...row, value: row.delay }));
      return [...ofTable('read-only replicas', rows), ...ofTable('replica delay', delays)];
    }),
    each(['running mutations'], async () =>
      ofHost('running mutations', (await clickhouse.read(countRunningMutations, { identifiers, timeoutSeconds })).rows),
    ),
    each(['free disk'], async () =>
      ofHost('free disk', (await clickhouse.read(readFreeDisk, { identifiers, timeoutSeconds })).rows),
    ),
  ]);
  cluster.numbers = { atMs, tables: new Set(asked.map(tableText)), found, unread };
  return cluster.numbers;
}
