import { z } from 'zod';
import { everywhere } from '@/lib/clickhouse/identifiers';
import { statement } from '@/lib/clickhouse/statement';
import { inScope, ScopeParams } from '@/lib/customers/sql/scope';
import { backupTableOf } from '../model';
import type { WrongIdentifiers } from './wrong-identifiers';

const Params = ScopeParams.extend({ backup: z.string().min(1) });
const count = z.coerce.number();

/**
 * What a backup, once it is restored, lacks and has too much: closed conversations of the scope without a row in it,
 * and conversations in it without a truth. One pass over the scope's truth and one backup; UNION ALL and one GROUP BY,
 * for any number of shards: docs/clickhouse-facts.md#joins-over-shards.
 */
export const countBackupGaps = statement<
  typeof Params,
  z.ZodType<{ missing: number; orphans: number }>,
  Pick<WrongIdentifiers, 'truthSide' | 'labelSide' | 'labelsLocal' | 'cluster'>
>({
  name: 'label_store.count_backup_gaps',
  text: ({ truthSide, labelSide, labelsLocal, cluster }) => `
    SELECT
      countIf(is_closed AND NOT is_backed_up) AS missing,
      countIf(is_backed_up AND NOT has_truth) AS orphans
    FROM (
      SELECT id, max(backed_up) AS is_backed_up, max(truth) AS has_truth, max(closed) AS is_closed
      FROM (
        SELECT CAST(${labelSide.idText} AS String) AS id, toUInt8(1) AS backed_up, toUInt8(0) AS truth, toUInt8(0) AS closed
        FROM ${everywhere(cluster, backupTableOf(labelsLocal))}
        WHERE slc_backup_id = {backup:String}
        UNION ALL
        SELECT id, toUInt8(0) AS backed_up, toUInt8(1) AS truth, toUInt8(end_ms != 0) AS closed
        FROM (
          SELECT CAST(${truthSide.idText} AS String) AS id, CAST(${truthSide.profileText} AS String) AS profile,
            toInt64(${truthSide.endMs}) AS end_ms, ${truthSide.order} AS newest
          FROM ${truthSide.table}
          WHERE ${inScope}
          ORDER BY newest DESC
          LIMIT 1 BY id, profile)
      )
      GROUP BY id
    )`,
  params: Params,
  row: z.object({ missing: count, orphans: count }),
});
