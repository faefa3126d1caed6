import { quoteName } from '@/lib/clickhouse/identifiers';
import { bareType, columnsIn, isInstant } from '@/lib/customers/catalogue';
import type { CustomerTables } from '@/lib/customers/model';

/** `key` and `columns` come from the catalogue. */
export type RowIdentifiers = { key: string[]; columns: Record<string, string>; version: string };

export const rowIdentifiers = ({ labels }: CustomerTables): RowIdentifiers => ({
  key: labels.key,
  columns: labels.columns,
  version: labels.versionColumn,
});

const scalars =
  /^(String|FixedString|U?Int\d+|B?Float\d+|Decimal\d*|Date|Date32|DateTime|DateTime64|Time|Time64|UUID|IPv[46]|Enum\d+|Bool)$/;
const wordsOf = (type: string) => type.replace(/'(?:[^'\\]|\\.)*'/g, '').match(/[A-Za-z_]\w*/g) ?? [];

/**
 * A value as arguments of a hash, never NULL: one NULL would make the whole hash NULL. Any type that the hash
 * may not take by its bytes goes through `formatRow`, which writes every type's value, and two instants of one local
 * time as two.
 */
export function hashParts(expression: string, type: string): string[] {
  const words = wordsOf(type).filter((word) => !/^(Array|LowCardinality|Map)$/.test(word));
  if (words.every((word) => scalars.test(word))) return [expression];
  const inner = bareType(type);
  // NOTE: RowBinary writes a JSON's paths as they lie in a part, so that one value has other bytes beside other rows.
  if (words.includes('JSON'))
    return [
      `formatRow('JSONCompactEachRow', ${expression})`,
      ...(inner.startsWith('JSON') ? [`toString(JSONAllPathsWithTypes(${expression}))`] : []),
    ];
  // NOTE: a mutation runs without the settings of a session, by which the text of other types may differ.
  if (/^(String|U?Int\d+)$/.test(inner) || (isInstant(inner) && /'(Etc\/)?UTC'/.test(inner)))
    return [`isNull(${expression})`, `ifNull(toString(${expression}), '')`];
  return [`formatRow('RowBinary', ${expression})`];
}

/** One hash a row over all its stored columns by name. */
export function rowHash(columns: Record<string, string>): string {
  const parts = Object.entries(columns)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([column, type]) => hashParts(quoteName(column), type));
  return `cityHash64(${parts.join(', ')})`;
}

/** One hash of a row's label key. NULL counts as a separate value, as it does for the engine. */
export function keyHash({ key, columns }: Pick<RowIdentifiers, 'key' | 'columns'>): string {
  const isNullable = (expression: string) =>
    columnsIn(expression, Object.keys(columns)).some((column) => columns[column]?.includes('Nullable('));
  return `cityHash64(${key.map((part) => (isNullable(part) ? `formatRow('RowBinary', ${part})` : part)).join(', ')})`;
}
