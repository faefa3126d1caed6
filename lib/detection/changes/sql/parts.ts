import { z } from 'zod';
import { everywhere, type TableName } from '@/lib/clickhouse/identifiers';
import { statement } from '@/lib/clickhouse/statement';
import type { SideColumns } from '../../judge/sql/columns';

const Names = z.object({ databases: z.array(z.string()), tables: z.array(z.string()) });
const namesOf = (database: string, table: string) => `
    WHERE ${database} IN {databases:Array(String)}
      AND (${database}, ${table}) IN (SELECT arrayJoin(arrayZip({databases:Array(String)}, {tables:Array(String)})))`;

/** Where a part is. Two servers of one machine differ in their port. */
const host = `concat(hostName(), ':', toString(tcpPort()))`;

const Of = z.object({ database: z.string(), table: z.string() });

/** A number for one part: its sum is the digest of a table on a host. */
const partHash = 'cityHash64(name, rows, hash_of_all_files)';

/**
 * A number for all parts of a table on a host, so that what is the same as at the last look is one row, however many
 * parts it has. Reads the list of parts in memory, of the databases asked for, and no row of a table.
 */
export const selectPartDigests = statement({
  name: 'changes.part_digests',
  text: ({ cluster }: { cluster: string | null }) => `
    SELECT database, table, ${host} AS at_host,
           toString(sum(${partHash})) AS digest
    FROM ${everywhere(cluster, { database: 'system', table: 'parts' })}
    ${namesOf('database', 'table')}
      AND active
    GROUP BY database, table, at_host`,
  params: Names,
  row: Of.extend({ at_host: z.string(), digest: z.string() }).transform(({ at_host, ...row }) => ({
    ...row,
    host: at_host,
  })),
});

/**
 * The parts of some tables on each host, and those that others replaced within the last minutes: a part that was dropped
 * is not among these, or has no instant. A few hundred rows for each table, each with the digest of all active ones.
 */
export const selectParts = statement({
  name: 'changes.parts',
  text: ({ cluster }: { cluster: string | null }) => `
    SELECT database, table, ${host} AS at_host, partition_id, name, min_block_number, max_block_number, data_version,
           rows, hash_of_all_files, active, toUnixTimestamp(modification_time) AS written_at,
           toUnixTimestamp(min_time) AS first_time, toUnixTimestamp(max_time) AS last_time,
           toUnixTimestamp(remove_time) AS gone_at, toUnixTimestamp(now()) AS now_at,
           toString(sumIf(${partHash}, active) OVER (PARTITION BY database, table, at_host)) AS digest
    FROM ${everywhere(cluster, { database: 'system', table: 'parts' })}
    ${namesOf('database', 'table')}
      AND (active OR (rows > 0 AND gone_at > 0))`,
  params: Names,
  row: Of.extend({
    at_host: z.string(),
    partition_id: z.string(),
    name: z.string(),
    min_block_number: z.coerce.number(),
    max_block_number: z.coerce.number(),
    data_version: z.coerce.number(),
    rows: z.coerce.number(),
    hash_of_all_files: z.string(),
    active: z.coerce.number(),
    written_at: z.coerce.number(),
    first_time: z.coerce.number(),
    last_time: z.coerce.number(),
    gone_at: z.coerce.number(),
    now_at: z.coerce.number(),
    digest: z.string(),
  }).transform((row) => ({
    database: row.database,
    table: row.table,
    active: row.active === 1,
    goneAt: row.gone_at,
    nowAt: row.now_at,
    digest: row.digest,
    part: {
      host: row.at_host,
      partition: row.partition_id,
      name: row.name,
      min: row.min_block_number,
      max: row.max_block_number,
      version: row.data_version,
      rows: row.rows,
      hash: row.hash_of_all_files,
      writtenAt: row.written_at,
      // Zeros where the partition key has no time.
      times: row.first_time > 0 && row.first_time <= row.last_time ? { from: row.first_time, to: row.last_time } : null,
    },
  })),
});

/** A time of change in whole seconds that is so old belongs to no later change. */
const settledSeconds = 2;

/** Which table has a name on each host, and since when it has its columns and its engine. */
export const selectTableMarks = statement({
  name: 'changes.table_marks',
  text: ({ cluster }: { cluster: string | null }) => `
    SELECT database, name, concat(${host}, ' ', toString(uuid), ' ', toString(toUnixTimestamp(metadata_modification_time))) AS mark,
           toUnixTimestamp(now()) - toUnixTimestamp(metadata_modification_time) >= ${settledSeconds} AS is_settled
    FROM ${everywhere(cluster, { database: 'system', table: 'tables' })}
    ${namesOf('database', 'name')}`,
  params: Names,
  row: Of.omit({ table: true })
    .extend({ name: z.string(), mark: z.string(), is_settled: z.number() })
    .transform(({ name, is_settled, ...row }) => ({ ...row, table: name, isSettled: is_settled === 1 })),
});

/** The CREATE statements of a customer's tables. */
export const selectDefinitions = statement({
  name: 'changes.definitions',
  text: `
    SELECT database, name, create_table_query
    FROM system.tables
    ${namesOf('database', 'name')}`,
  params: Names,
  row: Of.omit({ table: true })
    .extend({ name: z.string(), create_table_query: z.string() })
    .transform((row) => ({ database: row.database, table: row.name, text: row.create_table_query })),
});

/**
 * The days of the rows of some parts, since 1970, and which of the parts were still there to be read. Reads the start
 * column of these parts.
 */
export const selectPartDays = statement({
  name: 'changes.part_days',
  text: ({ side, local, cluster }: { side: SideColumns; local: TableName; cluster: string | null }) => `
    SELECT ${host} AS at_host, _part AS part, groupUniqArray(${side.day}) AS days
    FROM ${everywhere(cluster, local)}
    WHERE _part IN {parts:Array(String)}
    GROUP BY at_host, part`,
  params: z.object({ parts: z.array(z.string()), timeZone: z.string() }),
  row: z
    .object({ at_host: z.string(), part: z.string(), days: z.array(z.number()) })
    .transform(({ at_host, ...row }) => ({ host: at_host, ...row })),
});
