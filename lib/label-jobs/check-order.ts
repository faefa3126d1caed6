import type { z } from 'zod';
import { tableText } from '@/lib/clickhouse/names';
import type { CustomerTables } from '@/lib/customers/model';
import { readTables } from '@/lib/customers/read-tables';
import { isUnitOf, unitOf } from '@/lib/customers/unit-model';
import { AppError } from '@/lib/errors';
import { customersOf, rowsOutside } from '@/lib/label-store/backup-digest';
import { DropOrder, JobOrder, KillOrder, tagIn, tagOfBackup } from '@/lib/label-store/model';
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

export type OrderKind = 'backup' | 'prove' | 'delete' | 'undo';

/**
 * Reads an order and compares what it names with this Job's own configuration and catalogue, and its backups with its
 * run, its unit and, by their rows, with its scope. Throws JobEnd('orderRefused') with a sentence for an order that
 * names anything but the labels of its customer's unit.
 */
export async function checkOrder(
  ctx: JobContext,
  kind: OrderKind,
  text: string | null,
): Promise<{ order: JobOrder; tables: CustomerTables }> {
  const order = parse(JobOrder, text);
  refuseElsewhere(ctx, order);
  refuseForeignIds(kind, order);
  const tables = await tablesOf(ctx, order.scope.database);
  refuseOther('labels table', tableText(order.labels), tableText(tables.labels.distributed));
  refuseOther('local labels table', tableText(order.labelsLocal), tableText(tables.labels.local));
  refuseOther('cluster', order.cluster ?? 'none', tables.cluster ?? 'none');
  // NOTE: a backup Job makes the table, and proves every row that it copied.
  if (kind !== 'backup') await refuseForeignRows(ctx, order, tables);
  return { order, tables };
}

/**
 * The unit in the tag and in each backup's id is exactly the order's range, and their run is the tag's. Only an undo
 * brings back another run's backup.
 */
function refuseForeignIds(kind: OrderKind, order: JobOrder): void {
  const { runId = 'none', unit = 'none' } = tagIn(order.tag) ?? {};
  refuseOtherUnit('tag’s unit', unit, order.scope);
  for (const [id, list, otherRun] of [
    [order.backupId, false, kind === 'undo'],
    [order.replacedId, false, false],
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

async function refuseForeignRows(ctx: JobContext, order: JobOrder, tables: CustomerTables): Promise<void> {
  const backupIds = [order.backupId, order.replacedId, order.listId].filter((id) => id !== undefined);
  const rows = await rowsOutside(ctx, { scope: order.scope, tables, backupIds });
  if (rows === 0) return;
  throw new JobEnd(
    'orderRefused',
    `The order is refused: ${count(rows, 'row')} of its ${agree(backupIds.length, 'backup', 'backups')} ${agree(rows, 'is', 'are')} not of its customer, profiles and range.`,
  );
}

/** The same of an order to kill one mutation of the labels. */
export async function checkKillOrder(ctx: JobContext, text: string | null): Promise<KillOrder> {
  const order = parse(KillOrder, text);
  refuseElsewhere(ctx, order);
  const tables = await tablesOf(ctx, order.labels.database);
  refuseOther('labels table', tableText(order.labels), tableText(tables.labels.distributed));
  refuseOther('local labels table', tableText(order.labelsLocal), tableText(tables.labels.local));
  refuseOther('cluster', order.cluster ?? 'none', tables.cluster ?? 'none');
  return order;
}

/** The same of an order to drop backups of the labels. */
export async function checkDropOrder(
  ctx: JobContext,
  text: string | null,
): Promise<{ order: DropOrder; tables: CustomerTables }> {
  const order = parse(DropOrder, text);
  refuseElsewhere(ctx, order);
  const tables = await tablesOf(ctx, order.labels.database);
  refuseOther('labels table', tableText(order.labels), tableText(tables.labels.distributed));
  refuseOther('local labels table', tableText(order.labelsLocal), tableText(tables.labels.local));
  refuseOther('cluster', order.cluster ?? 'none', tables.cluster ?? 'none');
  for (const id of order.backupIds)
    if (!tagOfBackup(id)) throw new JobEnd('orderRefused', `The order is refused: "${id}" is no backup.`);
  const others = await customersOf(ctx, { tables, backupIds: order.backupIds });
  for (const customer of others) refuseOther('customer', order.customerId, customer);
  return { order, tables };
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

/** Before anything is asked: this Job may have been configured for another cluster since the plan. */
function refuseElsewhere({ config }: JobContext, { address }: { address?: string | null }): void {
  if (address) refuseOther('address of ClickHouse', address, config.clickhouse.address ?? 'the embedded engine');
}

/** Instants decide, so that no two writings of one range differ. */
function refuseOtherUnit(what: string, unit: string, scope: JobOrder['scope']): void {
  if (!isUnitOf(unit, scope)) refuseOther(what, unit, unitOf(scope));
}

function refuseOther(what: string, ordered: string, own: string): void {
  if (ordered === own) return;
  throw new JobEnd('orderRefused', `The order is refused: its ${what} is ${ordered}, and here it is ${own}.`);
}
