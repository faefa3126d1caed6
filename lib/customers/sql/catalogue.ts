import { z } from 'zod';
import { statement } from '@/lib/clickhouse/statement';

const TableRow = z
  .object({
    database: z.string(),
    name: z.string(),
    engine: z.string(),
    engine_full: z.string(),
    sorting_key: z.string(),
    partition_key: z.string(),
  })
  .transform(({ name, engine_full, sorting_key, partition_key, ...row }) => ({
    ...row,
    table: name,
    engineFull: engine_full,
    sortingKey: sorting_key,
    partitionKey: partition_key,
  }));
export type CatalogueTable = z.output<typeof TableRow>;

/**
 * The tables of these names, a few rows for each database asked. `database IN` is what bounds the cost: a condition on
 * the pair alone makes the engine look at every table of the server (374 ms of CPU at 2,202 tables, 7 ms with it).
 */
export const selectTables = statement({
  name: 'customers.catalogue_tables',
  text: `
    SELECT database, name, engine, engine_full, sorting_key, partition_key
    FROM system.tables
    WHERE database IN {databases:Array(String)}
      AND (database, name) IN (SELECT arrayJoin(arrayZip({databases:Array(String)}, {tables:Array(String)})))`,
  params: z.object({ databases: z.array(z.string()), tables: z.array(z.string()) }),
  row: TableRow,
});

/** Their columns with types as the engine writes them, bounded in the same way. */
export const selectColumns = statement({
  name: 'customers.catalogue_columns',
  text: `
    SELECT database, table, name, type
    FROM system.columns
    WHERE database IN {databases:Array(String)}
      AND (database, table) IN (SELECT arrayJoin(arrayZip({databases:Array(String)}, {tables:Array(String)})))
    ORDER BY database, table, position`,
  params: z.object({ databases: z.array(z.string()), tables: z.array(z.string()) }),
  row: z.object({ database: z.string(), table: z.string(), name: z.string(), type: z.string() }),
});
