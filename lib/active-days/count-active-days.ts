import type { ClickHouse } from '@/lib/clickhouse/client';
import type { Config } from '@/lib/config';
import type { CustomerTables, Scope } from '@/lib/customers/model';
import { readTables } from '@/lib/customers/read-tables';
import { detectionNames } from '@/lib/detection/judge/sql/columns';
import { countsOf, type SnapshotRow } from './model';
import { selectLabelDays, selectTruthDays } from './sql';

type Range = Pick<Scope, 'fromMs' | 'toMs'>;

type Reader = { clickhouse: ClickHouse; config: Config };

/** Distinct days are grouped per conversation; past this much memory the engine spills to disk. */
const settings = { max_bytes_before_external_group_by: 400_000_000 };

/**
 * Active Days per agent of one source in a scope: of labels, or of closed truth as they are expected to be. An agent
 * that has rows of the source but no counted day (another use case; open truth only) is there with 0; one that is
 * absent has no rows of this source. With `ranges`, of these parts of the scope alone, in milliseconds.
 */
export async function countActiveDays(
  ctx: Reader,
  input: { scope: Scope; source: 'labels' | 'truth'; useCase?: string | null; ranges?: Range[] },
): Promise<Map<string, number>> {
  const { scope, source, ranges, useCase = null } = input;
  return countsOf(await readDays(ctx, await readTables(ctx, scope), scope, source, ranges), useCase);
}

/** The days of one source per agent, of all use cases and of each. One pass over the scope's rows. */
export async function readDays(
  ctx: Reader,
  tables: CustomerTables,
  scope: Scope,
  source: 'labels' | 'truth',
  ranges: readonly Range[] = [scope],
): Promise<SnapshotRow[]> {
  const params = {
    customer: scope.customerId,
    fromMs: ranges.map((range) => range.fromMs),
    lastMs: ranges.map((range) => range.toMs - 1),
    timeZone: scope.timeZone,
  };
  const { truth, labels } = detectionNames(tables);
  const ran =
    source === 'truth'
      ? await ctx.clickhouse.read(selectTruthDays, {
          params,
          names: { truth, ranges: ranges.length },
          settings,
        })
      : await ctx.clickhouse.read(selectLabelDays, {
          params,
          names: { labels, key: tables.labels.key, ranges: ranges.length },
          settings,
        });
  return ran.rows;
}

/** Label days with every agent that has labels or truth: who has truth only is there with 0, not `N/A`. */
export function withPresent(labels: SnapshotRow[], truth: SnapshotRow[]): SnapshotRow[] {
  const known = new Set(labels.map((row) => row.agent));
  const others = new Set(truth.map((row) => row.agent).filter((agent) => !known.has(agent)));
  return [...labels, ...[...others].map((agent) => ({ agent, useCase: null, days: 0 }))];
}
