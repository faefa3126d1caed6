import { z } from 'zod';
import { quoteName, quoteTable, type TableName } from '@/lib/clickhouse/identifiers';
import { statement } from '@/lib/clickhouse/statement';

/** A system table of every replica, or of the one server where no cluster is configured. */
export type SystemNames = { cluster: string | null };
const everywhere = (cluster: string | null, table: string) => {
  const name = quoteTable({ database: 'system', table });
  return cluster ? `clusterAllReplicas(${quoteName(cluster)}, ${name})` : name;
};

const Count = z.union([z.number(), z.string()]).transform(Number);
const TableParams = z.object({ database: z.string(), table: z.string() });
export const tableParams = ({ database, table }: TableName) => ({ database, table });

/** Bytes of the table's active parts, by name; a name that several shards have is summed. Bounded by the parts. */
export const selectPartBytes = statement({
  name: 'backfill.part_bytes',
  text: ({ cluster }: SystemNames) => `
    SELECT name, sum(bytes_on_disk) AS bytes
    FROM ${everywhere(cluster, 'parts')}
    WHERE database = {database:String} AND table = {table:String} AND active
    GROUP BY name`,
  params: TableParams,
  row: z.object({ name: z.string(), bytes: Count }),
});

/**
 * Replicas of a table as each server reports its own, and on how many servers the table's engine is a replicated one:
 * where those are more, some said nothing. A server shows only what its user may see: where fewer show the table than
 * there are servers, nothing is known of its mutations and disks on the rest.
 */
export const countReplicas = statement({
  name: 'backfill.replicas',
  text: ({ cluster }: SystemNames) => `
    SELECT count() AS replicas, countIf(is_readonly OR is_session_expired) AS read_only,
      countIf(total_replicas != active_replicas) AS inactive,
      (
        SELECT countIf(engine LIKE 'Replicated%' OR engine LIKE 'Shared%')
        FROM ${everywhere(cluster, 'tables')}
        WHERE database = {database:String} AND name = {table:String}
      ) AS replicated,
      (
        SELECT count()
        FROM ${everywhere(cluster, 'tables')}
        WHERE database = {database:String} AND name = {table:String}
      ) AS shown,
      (SELECT count() FROM ${everywhere(cluster, 'one')}) AS servers
    FROM ${everywhere(cluster, 'replicas')}
    WHERE database = {database:String} AND table = {table:String}`,
  params: TableParams,
  row: z
    .object({ replicas: Count, read_only: Count, inactive: Count, replicated: Count, shown: Count, servers: Count })
    .transform(({ read_only, ...row }) => ({ ...row, readOnly: read_only })),
});

/**
 * The least free space of any server, in bytes, on the disks that hold the table. As floats: an object store says that
 * all of UInt64 is free, and two of them would wrap.
 */
export const selectFreeSpace = statement({
  name: 'backfill.free_space',
  text: ({ cluster }: SystemNames) => `
    SELECT min(free) AS free_bytes, count() AS hosts
    FROM (
      SELECT host, sum(toFloat64(unreserved_space)) AS free
      FROM (
        SELECT hostName() AS host, name AS disk, unreserved_space
        FROM ${everywhere(cluster, 'disks')}
      )
      WHERE (host, disk) GLOBAL IN (
        SELECT hostName(), disk_name
        FROM ${everywhere(cluster, 'parts')}
        WHERE database = {database:String} AND table = {table:String} AND active
      )
      GROUP BY host
    )`,
  params: TableParams,
  row: z
    .object({ free_bytes: Count.nullable(), hosts: Count })
    .transform((row) => ({ freeBytes: row.free_bytes ?? 0, hosts: row.hosts })),
});

/** Files that a Distributed table still has to send: rows that would arrive after the delete. */
export const countDistributionQueue = statement({
  name: 'backfill.distribution_queue',
  text: ({ cluster }: SystemNames) => `
    SELECT sum(data_files) AS files, sum(broken_data_files) AS broken
    FROM ${everywhere(cluster, 'distribution_queue')}
    WHERE database = {database:String} AND table = {table:String}`,
  params: TableParams,
  row: z.object({ files: Count, broken: Count }),
});

/**
 * The stored columns of a table on each server of the cluster as one text, and how many servers have it so. Bounded by
 * the table's columns.
 */
export const selectColumnShapes = statement({
  name: 'backfill.column_shapes',
  text: ({ cluster }: SystemNames) => `
    SELECT columns, count() AS servers, min(host) AS first_host
    FROM (
      SELECT hostName() AS host, arraySort(groupArray(concat(name, ' ', type))) AS columns
      FROM ${everywhere(cluster, 'columns')}
      WHERE database = {database:String} AND table = {table:String} AND default_kind NOT IN ('ALIAS', 'EPHEMERAL')
      GROUP BY host
    )
    GROUP BY columns
    ORDER BY servers DESC, first_host`,
  params: TableParams,
  row: z
    .object({ columns: z.array(z.string()), servers: Count, first_host: z.string() })
    .transform((row) => ({ columns: row.columns, servers: row.servers, host: row.first_host })),
});

/**
 * Labels that were accepted and cannot be counted yet: files of a Distributed table that waits to send them, and
 * inserts that a replica has not fetched. Both from memory of the servers.
 */
export const countOnTheirWay = statement({
  name: 'backfill.on_their_way',
  text: ({ cluster }: SystemNames) => `
    SELECT sum(files) AS files, sum(parts) AS parts
    FROM (
      SELECT toUInt64(data_files) AS files, toUInt64(0) AS parts
      FROM ${everywhere(cluster, 'distribution_queue')}
      WHERE database = {database:String} AND table = {distributed:String}
      UNION ALL
      SELECT toUInt64(0) AS files, toUInt64(inserts_in_queue) AS parts
      FROM ${everywhere(cluster, 'replicas')}
      WHERE database = {database:String} AND table = {table:String}
    )`,
  params: TableParams.extend({ distributed: z.string() }),
  row: z.object({ files: Count, parts: Count }),
});
