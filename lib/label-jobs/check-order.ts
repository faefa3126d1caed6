import type { z } from 'zod';
import { tableText } from '@/lib/clickhouse/identifiers';
import type { CustomerTables } from '@/lib/customers/model';
import { readTables } from '@/lib/customers/read-tables';
import { isUnitOf, unitOf } from '@/lib/customers/unit-model';
import { AppError } from '@/lib/errors';
import { customersOf, rowsOutside } from '@/lib/label-store/backup-digest';
import { type DropOrder, type JobOrder, type KillOrder, tagIn, tagOfBackup } from '@/lib/label-store/model';
import { agree, count } from '@/lib/words';
import { type JobContext, JobEnd } from './job-end';

function parse<Shape extends z.ZodType>(shape: Shape, text: string | null): z.output<Shape> {
  if (text === null) throw new JobEnd('orderRefused', 'There is no order in SLC_JOB_ORDER.');
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new JobEnd('orderRefused', 'The order in SLC_JOB_ORDER is not JSON.', { cause });
  }
  const parsed = shape.safeParse(json);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'order'}: ${issue.message}`);
  throw new JobEnd('orderRefused', `The order is refused. ${faults.join(' ')}`);
}

export type Named = Pick<KillOrder, 'labels' | 'labelsLocal' | 'cluster' | 'address'> & {
  scope?: { database: string };
};
export type Ordered<Order> = { order: Order; tables: CustomerTables };
/** What an order of one kind must prove beyond its names, before anything is changed. */
export type Proof<Order> = (ctx: JobContext, ordered: Ordered<Order>) => Promise<void>;

/**
 * Reads an order and compares what it names with this Job's own configuration and catalogue, then asks `proof`. Throws
 * JobEnd('orderRefused') with a sentence for an order that names anything else.
 */
export async function checkOrder<Order extends Named>(
  ctx: JobContext,
  { shape, proof }: { shape: z.ZodType<Order>; proof: Proof<Order> },
  text: string | null,
): Promise<Ordered<Order>> {
  const order = parse(shape, text);
  // NOTE: before anything is asked, since this Job may have been configured for another cluster since the plan.
  if (order.address)
    refuseOther('address of ClickHouse', order.address, ctx.config.clickhouse.address ?? 'the embedded engine');
  const tables = await tablesOf(ctx, order.scope?.database ?? order.labels.database);
  refuseOther('labels table', tableText(order.labels), tableText(tables.labels.distributed));
  refuseOther('local labels table', tableText(order.labelsLocal), tableText(tables.labels.local));
  refuseOther('cluster', order.cluster ?? 'none', tables.cluster ?? 'none');
  await proof(ctx, { order, tables });
  return { order, tables };
}

/** A backup Job makes its backup, and proves every row that it copied: only the ids are of its own run and unit. */
export const ownIds: Proof<JobOrder> = async (_, { order }) => refuseForeignIds(order);

/** Backups and list are of the order's run and unit, and all their rows of its scope. */
export const ownRows: Proof<JobOrder> = async (ctx, ordered) => {
  refuseForeignIds(ordered.order);
  await refuseForeignRows(ctx, ordered);
};

/** The same, where the backup is another run's. */
export const formerRows: Proof<JobOrder> = async (ctx, ordered) => {
  refuseForeignIds(ordered.order, true);
  await refuseForeignRows(ctx, ordered);
};

/** All that is dropped is a backup, of this customer. */
export const ownBackups: Proof<DropOrder> = async (ctx, { order, tables }) => {
  for (const id of order.backupIds)
    if (!tagOfBackup(id)) throw new JobEnd('orderRefused', `The order is refused: "${id}" is no backup.`);
  const others = await customersOf(ctx, { tables, backupIds: order.backupIds });
  for (const customer of others) refuseOther('customer', order.customerId, customer);
};

export const noProof: Proof<KillOrder> = async () => undefined;

/**
 * The unit in the tag and in each backup's id is exactly the order's range, and their run is the tag's. Only an undo
 * brings back another run's backup.
 */
function refuseForeignIds(order: JobOrder, ofOtherRun = false): void {
  const { runId = 'none', unit = 'none' } = tagIn(order.tag) ?? {};
  refuseOtherUnit('tag’s unit', unit, order.scope);
  for (const [id, list, otherRun] of [
    [order.backupId, false, ofOtherRun],
    [order.restores?.backupId, false, true],
    [order.listId, true, false],
  ] as const) {
    if (id === undefined) continue;
    const tag = tagOfBackup(id);
    if (tag?.list !== list)
      throw new JobEnd(
        'orderRefused',
        `The order is refused: "${id}" is no ${list ? 'list of wrong rows' : 'backup'}.`,
      );
    refuseOtherUnit(`unit of "${id}"`, tag.unit, order.scope);
    if (!otherRun) refuseOther(`run of "${id}"`, tag.runId, runId);
  }
}

async function refuseForeignRows(ctx: JobContext, { order, tables }: Ordered<JobOrder>): Promise<void> {
  const backupIds = [order.backupId, order.restores?.backupId, order.listId].filter((id) => id !== undefined);
  const rows = await rowsOutside(ctx, { scope: order.scope, tables, backupIds });
  if (rows === 0) return;
  throw new JobEnd(
    'orderRefused',
    `The order is refused: ${count(rows, 'row')} of its ${agree(backupIds.length, 'backup', 'backups')} ${agree(rows, 'is', 'are')} not of its customer, profiles and range.`,
  );
}

async function tablesOf(ctx: JobContext, database: string): Promise<CustomerTables> {
  try {
    return await readTables(ctx, { database });
  } catch (cause) {
    if (cause instanceof AppError && (cause.code === 'not_found' || cause.code === 'refused'))
      throw new JobEnd('orderRefused', `The order is refused. ${cause.message}`, { cause });
    throw cause;
  }
}

/** Instants decide, so that no two writings of one range differ. */
function refuseOtherUnit(what: string, unit: string, scope: JobOrder['scope']): void {
  if (!isUnitOf(unit, scope)) refuseOther(what, unit, unitOf(scope));
}

function refuseOther(what: string, ordered: string, own: string): void {
  if (ordered === own) return;
  throw new JobEnd('orderRefused', `The order is refused: its ${what} is ${ordered}, and here it is ${own}.`);
}
