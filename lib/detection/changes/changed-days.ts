import type { ClickHouse } from '@/lib/clickhouse/client';
import { columnsIn } from '@/lib/customers/catalogue';
import type { Customer, CustomerTables } from '@/lib/customers/model';
import { addDays, type Day, dayOf, daysBetween } from '@/lib/days';
import { addCost, type Cost } from '../judge/session';
import type { DetectionColumns } from '../judge/sql/columns';
import { dayText } from '../judge/tally';
import type { Look } from './model';
import { comparePartsOf, type GonePart, type Part } from './parts-model';
import { selectPartDays } from './sql/parts';

/** The days of rows that came since, or why they are not known; `again` where a part was merged before it was read. */
export type ChangedDays = { days: Day[] } | { lost: string } | { again: true };

const freshMost = 1_000;
/** The days of a start that is NULL, and of one after 2149. */
const noDays: readonly number[] = [0, 65_535];

/** Whether the times of the table's parts are those of starts. */
const isByStart = ({ partitionKey, columns }: CustomerTables['truth']): boolean =>
  columnsIn(partitionKey, Object.keys(columns)).join() === 'conversation_start_time';

const daysOver = ({ from, to }: NonNullable<Part['times']>, timeZone: string): Day[] =>
  daysBetween(dayOf(from * 1_000, timeZone), addDays(dayOf(to * 1_000, timeZone), 1));

type Of = { customer: Customer; tables: CustomerTables; columns: DetectionColumns };

/** Compares two looks, and reads the days of the parts that came between them; adds to `cost` what that costs. */
export async function changedDays(
  { clickhouse }: { clickhouse: ClickHouse },
  of: Of,
  {
    before,
    now,
    gone,
    nowAt,
  }: { before: Pick<Look, 'parts' | 'during'>; now: Look; gone: readonly GonePart[]; nowAt: number },
  cost: Cost,
): Promise<ChangedDays> {
  const changes = comparePartsOf(before.parts, { parts: now.parts, gone, nowAt }, before.during);
  if (changes.lost !== null) return { lost: changes.lost };
  if (changes.fresh.length > freshMost) return { lost: `${changes.fresh.length} parts were added` };
  const days = new Set<number>();
  for (const side of ['truth', 'labels'] as const) {
    const fresh = changes.fresh.filter((part) => part.side === side);
    if (fresh.length === 0) continue;
    const ran = await clickhouse.read(selectPartDays, {
      params: { parts: [...new Set(fresh.map(({ name }) => name))], timeZone: of.customer.timeZone },
      identifiers: { side: of.columns[side], local: of.tables[side].local, cluster: of.tables.readCluster },
      timeoutSeconds: 300,
    });
    addCost(cost, { ...ran, queryIds: [ran.queryId] });
    const read = new Map(ran.rows.map((row) => [`${row.host} ${row.part}`, row.days]));
    for (const { host, name } of fresh) {
      const found = read.get(`${host} ${name}`);
      if (!found) return { again: true };
      for (const day of found) days.add(day);
    }
  }
  if (noDays.some((day) => days.has(day))) return { lost: 'rows without a usable start were added' };
  const changed = new Set([...days].map(dayText));
  for (const part of changes.merged) {
    const times = isByStart(of.tables[part.side]) ? part.times : null;
    if (!times) return { lost: 'a merge replaced rows, and on which days is not known' };
    for (const day of daysOver(times, of.customer.timeZone)) changed.add(day);
  }
  return { days: [...changed] };
}
