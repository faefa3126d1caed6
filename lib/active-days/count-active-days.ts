import type { ClickHouse } from '@/lib/clickhouse/client';
import { spillSettings } from '@/lib/clickhouse/settings';
import type { Config } from '@/lib/config';
import type { CustomerTables, Scope } from '@/lib/customers/model';
import { readTables } from '@/lib/customers/read-tables';
import { dayCount } from '@/lib/days';
import { detectionColumns } from '@/lib/detection/judge/sql/columns';
import { wordsOf } from './days-on-model';
import { countsOf, type SnapshotRow } from './model';
import { selectLabelDays, selectTruthDays } from './sql/days';

type Range = Pick<Scope, 'fromMs' | 'toMs'>;

type Reader = { clickhouse: ClickHouse; config: Config };

/**
 * Active Days per agent in a scope, from one source: the labels, or the closed truth, which gives the expected
 * number. An agent with rows of the source but no counted day (another use case, or only open truth) has 0; an agent
 * without rows of the source is absent. With `ranges` (milliseconds), only these parts of the scope count.
 */
export async function countActiveDays(
  ctx: Reader,
  input: {
    scope: Scope;
    source: 'labels' | 'truth';
    useCase?: string | null;
    ranges?: Range[];
    /** For a caller that has read them already. */
    tables?: CustomerTables;
  },
): Promise<Map<string, number>> {
  const { scope, source, ranges, useCase = null } = input;
  const tables = input.tables ?? (await readTables(ctx, scope));
  return countsOf(await readDays(ctx, tables, scope, source, ranges), useCase);
}

/** The days per agent of one source, for all use cases together and for each: how many, and which ones of the scope's. */
export async function readDays(
  ctx: Pick<Reader, 'clickhouse'>,
  tables: CustomerTables,
  scope: Scope,
  source: 'labels' | 'truth',
  ranges: readonly Range[] = [scope],
): Promise<SnapshotRow[]> {
  const params = {
    customer: scope.customerId,
    fromMs: ranges.map((range) => range.fromMs),
    toMs: ranges.map((range) => range.toMs),
    fromDay: scope.fromDay,
    timeZone: scope.timeZone,
  };
  const { truth, labels } = detectionColumns(tables);
  const counted = { ranges: ranges.length, words: wordsOf(dayCount(scope.fromDay, scope.toDay)) };
  const ran =
    source === 'truth'
      ? await ctx.clickhouse.read(selectTruthDays, {
          params,
          identifiers: { truth, ...counted },
          settings: spillSettings,
        })
      : await ctx.clickhouse.read(selectLabelDays, {
          params,
          identifiers: { labels, key: tables.labels.key, ...counted },
          settings: spillSettings,
        });
  return ran.rows;
}

/** Label days of every agent that has labels or truth. An agent that has only truth has 0, not `N/A`. */
export function withPresent(labels: SnapshotRow[], truth: SnapshotRow[]): SnapshotRow[] {
  const known = new Set(labels.map((row) => row.agent));
  const others = new Set(truth.map((row) => row.agent).filter((agent) => !known.has(agent)));
  return [...labels, ...[...others].map((agent) => ({ agent, useCase: null, days: 0, on: '0' }))];
}
