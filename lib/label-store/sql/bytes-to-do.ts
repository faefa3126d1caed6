import { z } from 'zod';
import { everywhere, type TableName } from '@/lib/clickhouse/identifiers';
import { statement } from '@/lib/clickhouse/statement';
import { inScope, ScopeParams } from '@/lib/customers/sql/scope';

const system = (table: string) => ({ database: 'system', table });

const Params = ScopeParams.extend({ database: z.string(), table: z.string(), quoted: z.string().min(2) });
type Names = { labelsLocal: TableName; cluster: string | null; merges: boolean };

/**
 * Bytes that the mutations of a tag have to do, by host: of the parts that are still to do and hold rows of the scope,
 * less what is done of those that are being rewritten. Parts without such rows are cloned, which takes no time worth
 * counting. A host that has nothing to do is absent. One column of the scope and the table's list of parts on every
 * replica.
 */
export const selectBytesToDo = statement<typeof Params, z.ZodType<{ host: string; bytes: number }>, Names>({
  name: 'label_store.bytes_to_do',
  text: ({ labelsLocal, cluster, merges }) => `
    SELECT host, sum(part_bytes * (1 - done)) AS bytes
    FROM (
      SELECT host, name, max(held) AS is_held, max(to_do) AS is_to_do, max(bytes_on_disk) AS part_bytes,
        max(progress) AS done
      FROM (
        SELECT DISTINCT hostName() AS host, _part AS name, toUInt8(1) AS held, toUInt8(0) AS to_do,
          toUInt64(0) AS bytes_on_disk, toFloat64(0) AS progress
        FROM ${everywhere(cluster, labelsLocal)}
        WHERE ${inScope}
        UNION ALL
        SELECT hostName() AS host, arrayJoin(parts_to_do_names) AS name, toUInt8(0) AS held, toUInt8(1) AS to_do,
          toUInt64(0) AS bytes_on_disk, toFloat64(0) AS progress
        FROM ${everywhere(cluster, system('mutations'))}
        WHERE database = {database:String}
          AND table = {table:String}
          AND position(command, {quoted:String}) > 0
          AND is_done = 0
        UNION ALL
        SELECT hostName() AS host, name, toUInt8(0) AS held, toUInt8(0) AS to_do, bytes_on_disk, toFloat64(0) AS progress
        FROM ${everywhere(cluster, system('parts'))}
        WHERE database = {database:String}
          AND table = {table:String}
          AND active${
            merges
              ? `
        UNION ALL
        SELECT hostName() AS host, arrayJoin(source_part_names) AS name, toUInt8(0) AS held, toUInt8(0) AS to_do,
          toUInt64(0) AS bytes_on_disk, toFloat64(progress) AS progress
        FROM ${everywhere(cluster, system('merges'))}
        WHERE database = {database:String}
          AND table = {table:String}
          AND is_mutation`
              : ''
          }
      )
      GROUP BY host, name
    )
    WHERE is_held AND is_to_do
    GROUP BY host
    ORDER BY host`,
  params: Params,
  row: z.object({ host: z.string(), bytes: z.coerce.number() }),
});
