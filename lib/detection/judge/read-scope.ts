import { listCustomers } from '@/lib/customers/list-customers';
import type { Scope } from '@/lib/customers/model';
import type { Db } from '@/lib/postgres/client';
import { type Chunk, planChunks } from './chunks';
import type { DetectionEngine } from './engine';
import { DetectionSession, type Limits } from './session';
import type { DetectionColumns } from './sql/columns';
import type { ReadScope } from './sql/read';
import { selectDateRows } from './sql/survey';

/**
 * The parameters of a scope's statements. Where several customers share a database, the labels of the others are left
 * out. In a database of one customer, a label of another is a finding: a wrong customer, or a duplicate.
 */
export async function readScopeOf(
  { db }: { db: Db },
  scope: Scope,
  options: { asOfMs: number; marginMs: number },
): Promise<ReadScope> {
  const sharing = (await listCustomers({ db })).filter((customer) => customer.database === scope.database);
  return toReadScope(scope, { ...options, foreignLabels: sharing.length > 1 ? 0 : 1 });
}

export const toReadScope = (
  scope: Scope,
  options: { asOfMs: number; marginMs: number; foreignLabels: 0 | 1 },
): ReadScope => ({
  customerId: scope.customerId,
  timeZone: scope.timeZone,
  fromMs: scope.fromMs,
  toMs: scope.toMs,
  ...options,
});

/** The chunks of a scope, from the rows of each date, and how many rows its larger side has. */
export async function surveyChunks(
  engine: DetectionEngine,
  input: { columns: DetectionColumns; scope: ReadScope; rowsMax: number },
  limits: Limits,
): Promise<{ chunks: Chunk[]; rows: number; cost: DetectionSession['cost'] }> {
  const session = new DetectionSession(engine, limits);
  const made = { columns: input.columns, shared: input.scope.foreignLabels === 0 };
  const dates = await engine.clickhouse.again(() => session.read(selectDateRows, input.scope, made), limits.signal);
  const rows = dates.reduce((sum, date) => sum + date.rows, 0);
  return { chunks: planChunks(input.scope, dates, input.rowsMax), rows, cost: session.cost };
}
