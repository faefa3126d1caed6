import type { z } from 'zod';
import type { TableName } from '@/lib/clickhouse/names';
import type { CustomerTables } from '@/lib/customers/model';
import { readTables } from '@/lib/customers/read-tables';
import { AppError } from '@/lib/errors';
import { type JobContext, JobEnd } from './job-end';
import { DropOrder, JobOrder, KillOrder } from './model';

const idOf = ({ database, table }: TableName) => `${database}.${table}`;

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

/**
 * Reads an order and compares what it names with this Job's own configuration and catalogue. Throws
 * JobEnd('orderRefused') with a sentence for an order that names anything but the labels of its customer.
 */
export async function checkOrder(
  ctx: JobContext,
  text: string | null,
): Promise<{ order: JobOrder; tables: CustomerTables }> {
  const order = parse(JobOrder, text);
  const tables = await tablesOf(ctx, order.scope.database);
  refuseOther('labels table', idOf(order.labels), idOf(tables.labels.distributed));
  refuseOther('local labels table', idOf(order.labelsLocal), idOf(tables.labels.local));
  refuseOther('cluster', order.cluster ?? 'none', tables.cluster ?? 'none');
  return { order, tables };
}

/** The same of an order to kill one mutation of the labels. */
export async function checkKillOrder(ctx: JobContext, text: string | null): Promise<KillOrder> {
  const order = parse(KillOrder, text);
  const tables = await tablesOf(ctx, order.labels.database);
  refuseOther('labels table', idOf(order.labels), idOf(tables.labels.distributed));
  refuseOther('local labels table', idOf(order.labelsLocal), idOf(tables.labels.local));
  refuseOther('cluster', order.cluster ?? 'none', tables.cluster ?? 'none');
  return order;
}

/** The same of an order to drop backups of the labels. */
export async function checkDropOrder(
  ctx: JobContext,
  text: string | null,
): Promise<{ order: DropOrder; tables: CustomerTables }> {
  const order = parse(DropOrder, text);
  const tables = await tablesOf(ctx, order.labels.database);
  refuseOther('labels table', idOf(order.labels), idOf(tables.labels.distributed));
  refuseOther('local labels table', idOf(order.labelsLocal), idOf(tables.labels.local));
  refuseOther('cluster', order.cluster ?? 'none', tables.cluster ?? 'none');
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

function refuseOther(what: string, ordered: string, own: string): void {
  if (ordered === own) return;
  throw new JobEnd('orderRefused', `The order is refused: its ${what} is ${ordered}, and here it is ${own}.`);
}
