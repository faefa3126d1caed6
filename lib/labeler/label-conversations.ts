import { ClickHouse } from '@/lib/clickhouse/client';
import { patienceOf } from '@/lib/clickhouse/patience';
import type { ClickHouseSettings } from '@/lib/clickhouse/settings';
import type { Clock } from '@/lib/clock';
import type { Config } from '@/lib/config';
import { getCustomer } from '@/lib/customers/get-customer';
import { listCustomers } from '@/lib/customers/list-customers';
import type { Customer, CustomerTables } from '@/lib/customers/model';
import { readTables } from '@/lib/customers/read-tables';
import { AppError } from '@/lib/errors';
import type { Log } from '@/lib/log';
import { patiently } from '@/lib/patience';
import { connectPostgres, type Postgres } from '@/lib/postgres/client';
import { streamRows } from '@/lib/postgres/stream';
import {
  type Chat,
  type LabeledCustomer,
  type LabelerReport,
  type LabelerVariant,
  type LabelRange,
  parseFilter,
  parseRange,
} from './model';
import {
  countOpenByCreated,
  deleteLabels,
  selectAllByCreated,
  selectClosedByCreated,
  selectClosedByEnded,
  selectKnowsDeduplicateInsert,
  selectNewestLabel,
} from './sql';
import { writeLabels } from './write-labels';

const batchRows = 5_000;
const idsPerDelete = 2_000;
const lookbackMs = 2 * 3_600_000;

/** For how long an engine that does not answer, or refuses for a passing reason, is asked again. */
const patience = patienceOf(20_000);

/**
 * The connections of a run: the registry, the chats, ClickHouse as the labeler, and as the deleter for variants that
 * delete.
 */
export type LabelerContext = {
  config: Config;
  clock: Clock;
  db: Postgres;
  chats: Postgres;
  labeler: ClickHouse;
  deleter: ClickHouse;
};

/** Makes the configured connections. Throws AppError('unavailable') when one is not configured. */
export function createLabelerContext(
  config: Config,
  log: Log,
  clock: Clock,
): LabelerContext & { close(): Promise<void> } {
  for (const [name, url] of [
    ['DATABASE_URL', config.postgres.url],
    ['CHATS_DATABASE_URL', config.chats.url],
    ['CLICKHOUSE_URL', config.clickhouse.url],
  ])
    if (!url)
      throw new AppError('unavailable', `The labeler needs ${name}, or a running console in ${config.dataDir}.`);
  const { url, users } = config.clickhouse;
  const application = 'slc-labeler';
  const db = connectPostgres({ url: config.postgres.url, log, application, connectionsMax: 2 });
  const chats = connectPostgres({ url: config.chats.url, log, application, connectionsMax: 3 });
  const labeler = new ClickHouse({ url, user: users.labeler, log, application, retry: patience });
  const deleter = new ClickHouse({ url, user: users.deleter, log, application });
  const close = async () => {
    await Promise.allSettled([db.close(), chats.close(), labeler.close(), deleter.close()]);
  };
  return { config, clock, db, chats, labeler, deleter, close };
}

/**
 * Labels conversations as cron-label-conversations does. With a range it labels the closed chats whose configured
 * column is in the range, and deletes nothing. Without a range it runs the configured variant. Chats are streamed and
 * written in batches of 5,000, so memory does not grow with the range. `progress` gets one line for each batch. An
 * abort takes effect between two batches and throws its reason. Throws AppError: 'invalid_input' for the variables,
 * 'not_found' for a customer or table, 'unavailable'.
 */
export async function labelConversations(
  ctx: LabelerContext,
  options: { progress: (line: string) => void; signal?: AbortSignal },
): Promise<LabelerReport> {
  const startedAt = performance.now();
  const settings = ctx.config.labeler;
  const range = parseRange(settings.rangeStart, settings.rangeEnd, settings.rangeEndInclusive);
  const filter = parseFilter(settings.customerFilter);
  const customers = await patiently(
    patience,
    () => (filter ? Promise.all(filter.map((id) => getCustomer(ctx, id))) : listCustomers(ctx)),
    options.signal,
  );
  const { known } = await ctx.labeler.readOne(selectKnowsDeduplicateInsert, {});
  const insertSettings: ClickHouseSettings = known > 0 ? { deduplicate_insert: 'disable' } : {};
  const done: LabeledCustomer[] = [];
  for (const customer of customers) {
    const tables = await readTables({ clickhouse: ctx.labeler, config: ctx.config }, customer);
    const run = { ctx, customer, tables, insertSettings, updatedMs: ctx.clock.now(), ...options };
    done.push(range ? await labelRange(run, range) : await labelForward(run, settings.variant));
  }
  const iso = (ms: number) => new Date(ms).toISOString();
  return {
    variant: settings.variant,
    range: range && { from: iso(range.fromMs), to: iso(range.toMs), endInclusive: range.endInclusive },
    labeled: done.reduce((sum, customer) => sum + customer.labeled, 0),
    customers: done,
    elapsedMs: Math.round(performance.now() - startedAt),
  };
}

type CustomerRun = {
  ctx: LabelerContext;
  customer: Customer;
  tables: CustomerTables;
  insertSettings: ClickHouseSettings;
  updatedMs: number;
  progress: (line: string) => void;
  signal?: AbortSignal;
};
type Source = typeof selectAllByCreated;

async function labelRange(run: CustomerRun, range: LabelRange): Promise<LabeledCustomer> {
  const byCreated = run.ctx.config.labeler.rangeColumn === 'created_at';
  const { chats } = run.ctx;
  const countOpen = () =>
    patiently(patience, () => chats.query(countOpenByCreated, { customerId: run.customer.id, ...range }), run.signal);
  const [open] = byCreated ? await countOpen() : [{ open: 0 }];
  const source = byCreated ? selectClosedByCreated : selectClosedByEnded;
  return { ...(await labelChats(run, source, range, false)), openSkipped: open?.open ?? 0 };
}

/** A run without a range: everything after the newest label, until now. */
async function labelForward(run: CustomerRun, variant: LabelerVariant): Promise<LabeledCustomer> {
  const newest = await run.ctx.labeler.readOne(selectNewestLabel, {
    params: { customer: run.customer.id },
    identifiers: {
      labels: run.tables.labels.distributed,
      endType: run.tables.labels.columns.conversation_end_time ?? '',
    },
  });
  const until = { toMs: run.updatedMs, endInclusive: true };
  if (variant === 'lookback')
    return labelChats(run, selectAllByCreated, { fromMs: newest.startMs - lookbackMs, ...until }, true);
  if (variant === 'ended_at') return labelChats(run, selectClosedByEnded, { fromMs: newest.endMs + 1, ...until }, true);
  return labelChats(run, selectAllByCreated, { fromMs: newest.startMs + 1, ...until }, false);
}

/**
 * A stream of chats that breaks off is read again from its start, since writing the same rows again only replaces
 * them.
 */
const labelChats = (
  run: CustomerRun,
  source: Source,
  range: LabelRange,
  deleteFirst: boolean,
): Promise<LabeledCustomer> =>
  // NOTE: a delete whose outcome is unknown is not repeated, and neither is a step that contains it.
  patiently(deleteFirst ? null : patience, () => labelOnce(run, source, range, deleteFirst), run.signal);

async function labelOnce(
  run: CustomerRun,
  source: Source,
  range: LabelRange,
  deleteFirst: boolean,
): Promise<LabeledCustomer> {
  const { ctx, customer, tables } = run;
  const target = {
    clickhouse: ctx.labeler,
    labels: tables.labels.distributed,
    versionColumn: tables.labels.versionColumn,
    customerId: customer.id,
    updatedMs: run.updatedMs,
    settings: run.insertSettings,
  };
  const result = { customerId: customer.id, labeled: 0, openSkipped: 0, deletedFor: 0 };
  for await (const chats of streamRows(ctx.chats, source, { customerId: customer.id, ...range }, batchRows)) {
    run.signal?.throwIfAborted();
    if (deleteFirst && tables.labels.keyIsMutable) result.deletedFor += await deleteBefore(run, chats);
    await writeLabels(target, chats, run.signal);
    result.labeled += chats.length;
    run.progress(`${customer.id}: ${result.labeled} conversations labeled`);
  }
  return result;
}

/** Deletes the labels of `chats` and waits for every replica. Returns the number of conversations in the request. */
async function deleteBefore(run: CustomerRun, chats: Chat[]): Promise<number> {
  const { ctx, customer, tables } = run;
  for (let at = 0; at < chats.length; at += idsPerDelete) {
    const some = chats.slice(at, at + idsPerDelete);
    const starts = some.map((chat) => chat.createdMs);
    await ctx.deleter.command(deleteLabels, {
      params: {
        customer: customer.id,
        profiles: [...new Set([...customer.profiles, ...some.map((chat) => chat.profileId)])],
        ids: some.map((chat) => chat.id),
        fromMs: Math.min(...starts),
        toMs: Math.max(...starts) + 1,
      },
      identifiers: { labels: tables.labels.local, cluster: tables.cluster },
      settings: { mutations_sync: 2 },
      signal: run.signal,
    });
  }
  return chats.length;
}
