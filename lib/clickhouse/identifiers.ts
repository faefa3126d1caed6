import { AppError } from '@/lib/errors';

/** A table as config or the catalogue names it. */
export type TableName = { database: string; table: string };

/** The engine writes a name into a file name, which holds 255 bytes. */
const bytesMax = 255;

/** Whether ClickHouse can have a database, table, column or cluster of this name, and a statement can name it. */
export const isUsableName = (name: string): boolean =>
  name !== '' && !/[\p{Cc}\p{Surrogate}]/u.test(name) && new TextEncoder().encode(name).length <= bytesMax;

/** What a usable name is, for a person. */
export const usableNameRule = `A ClickHouse name has 1 to ${bytesMax} bytes and no control characters.`;

/**
 * The one place where an identifier becomes SQL text: in backticks, with backtick and backslash escaped, so that no
 * name can end its own quotes. Throws AppError('invalid_input') for what is no name.
 */
export function quoteName(name: string): string {
  if (!isUsableName(name))
    throw new AppError('invalid_input', `"${name.slice(0, 80)}" is not a usable ClickHouse name. ${usableNameRule}`);
  return `\`${name.replace(/[\\`]/g, '\\$&')}\``;
}

/** `database`.`table`, quoted. */
export const quoteTable = ({ database, table }: TableName): string => `${quoteName(database)}.${quoteName(table)}`;

/** database.table, for people and comparisons. */
export const tableText = ({ database, table }: TableName): string => `${database}.${table}`;

/** ` ON CLUSTER name`, or nothing where no cluster is configured. */
export const onCluster = (cluster: string | null): string => (cluster ? ` ON CLUSTER ${quoteName(cluster)}` : '');

/** A table on every replica of `cluster`, or of the one server where there is none. */
export function everywhere(cluster: string | null, { database, table }: TableName): string {
  if (cluster === null) return quoteTable({ database, table });
  return `clusterAllReplicas(${quoteName(cluster)}, ${quoteName(database)}, ${quoteName(table)})`;
}
