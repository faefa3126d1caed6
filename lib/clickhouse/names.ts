import { AppError } from '@/lib/errors';

const plainName = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;

/** A table as config or the catalogue names it. */
export type TableName = { database: string; table: string };

/**
 * The one place where an identifier becomes SQL text. Accepts plain names only, so a value can never pass as one.
 * Throws AppError('invalid_input') that names the identifier.
 */
export function quoteName(name: string): string {
  if (!plainName.test(name)) {
    throw new AppError('invalid_input', `"${name.slice(0, 80)}" is not a usable ClickHouse name.`);
  }
  return `\`${name}\``;
}

/** `database`.`table`, quoted. */
export const quoteTable = ({ database, table }: TableName): string => `${quoteName(database)}.${quoteName(table)}`;

/** ` ON CLUSTER name`, or nothing where no cluster is configured. */
export const onCluster = (cluster: string | null): string => (cluster ? ` ON CLUSTER ${quoteName(cluster)}` : '');
