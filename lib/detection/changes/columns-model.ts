import { columnsIn, isChanging } from '@/lib/customers/catalogue';

type Column = { name: string; kind: string; expression: string };
type Facts = { columns: Record<string, string>; versionColumn: string; key: readonly string[] };

/** What detection reads besides what is in the key, of which every part stores its own. */
const read = ['customer_id', 'profile_id', 'agent_user_id', 'usecase_id', 'conversation_end_time'];

/**
 * A column that detection may read another value of each time, or null. An ALIAS is computed when it is read, and so is a
 * DEFAULT or MATERIALIZED in the parts that were written before the column was added. The version and the columns of the
 * key are in every part.
 */
export function columnThatChanges(
  columns: readonly Column[],
  { columns: types, versionColumn, key }: Facts,
): string | null {
  const stored = new Set([versionColumn, ...columnsIn(key.join(', '), Object.keys(types))]);
  const found = columns.find(
    ({ name, kind, expression }) =>
      isChanging(expression) && (kind === 'ALIAS' || (read.includes(name) && !stored.has(name))),
  );
  return found?.name ?? null;
}

/** The cluster of a Distributed table as its CREATE statement writes it, '' for another table. */
export const readClusterOf = (create: string): string => create.match(/\bDistributed\(\s*'?([^',\s)]+)/)?.[1] ?? '';
