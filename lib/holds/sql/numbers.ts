import { z } from 'zod';
import { everywhere } from '@/lib/clickhouse/identifiers';
import { statement } from '@/lib/clickhouse/statement';

type Names = { cluster: string | null };
const system = (cluster: string | null, table: string) => everywhere(cluster, { database: 'system', table });

const TablesParams = z.object({ databases: z.array(z.string()).min(1), tables: z.array(z.string()).min(1) });
const Value = z.object({ host: z.string(), value: z.coerce.number() });
const ValueOfTable = Value.extend({ database: z.string(), table: z.string() });

/** `databases` and `tables` are pairs by their place. */
const isAsked = `database IN {databases:Array(String)}
      AND (database, table) IN (SELECT arrayJoin(arrayZip({databases:Array(String)}, {tables:Array(String)})))`;

/** Unfinished mutations of others on each table and host. A delete of ours has our tag. Bounded by the engine's list. */
export const countOthersMutations = statement({
  name: 'holds.mutations',
  text: ({ cluster }: Names) => `
    SELECT database, table, hostName() AS host, count() AS value
    FROM ${system(cluster, 'mutations')}
    WHERE ${isAsked}
      AND is_done = 0
      AND position(command, '''slc:') = 0
    GROUP BY database, table, host`,
  params: TablesParams,
  row: ValueOfTable,
});

/** The most parts in one partition, of each table on each host. Bounded by the parts of the tables. */
export const countParts = statement({
  name: 'holds.parts',
  text: ({ cluster }: Names) => `
    SELECT database, table, host, max(parts) AS value
    FROM (
      SELECT database, table, hostName() AS host, partition_id, count() AS parts
      FROM ${system(cluster, 'parts')}
      WHERE ${isAsked}
        AND active
      GROUP BY database, table, host, partition_id
    )
    GROUP BY database, table, host`,
  params: TablesParams,
  row: ValueOfTable,
});

/** Of each replica of each table: whether it cannot be written to, and how many seconds it is behind. From memory. */
export const readReplicas = statement({
  name: 'holds.replicas',
  text: ({ cluster }: Names) => `
    SELECT database, table, hostName() AS host, is_readonly OR is_session_expired AS value, absolute_delay AS delay
    FROM ${system(cluster, 'replicas')}
    WHERE ${isAsked}`,
  params: TablesParams,
  row: ValueOfTable.extend({ delay: z.coerce.number() }),
});

/** Parts that each host mutates at this moment. From memory. */
export const countRunningMutations = statement({
  name: 'holds.running_mutations',
  text: ({ cluster }: Names) => `
    SELECT hostName() AS host, value
    FROM ${system(cluster, 'metrics')}
    WHERE metric = 'PartMutation'`,
  row: Value,
});

/** Percent of each host's disks that are free; of a host the fullest. An object store has no total. */
export const readFreeDisk = statement({
  name: 'holds.free_disk',
  text: ({ cluster }: Names) => `
    SELECT host, min(percent) AS value
    FROM (
      SELECT hostName() AS host, 100 * toFloat64(free_space) / toFloat64(total_space) AS percent
      FROM ${system(cluster, 'disks')}
      WHERE total_space > 0
        AND total_space < 9000000000000000000
    )
    GROUP BY host`,
  row: Value,
});
