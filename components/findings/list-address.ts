import type { FindingSort } from '@/lib/findings/model';

/** The columns that the server sorts by, with the names that it has for them. */
const sorts: Record<string, FindingSort> = {
  since: 'first seen',
  customer: 'customer',
  affected: 'affected',
  wrong: 'wrong for',
};

/** The page's address as the list's address: "-wrong" is a column and that the largest comes first. */
export function listAddressOf<Query extends { sort?: string | null }>({ sort, ...query }: Query) {
  const by = sorts[sort?.replace(/^-/, '') ?? ''];
  return { ...query, ...(by && { sort: by, order: sort?.startsWith('-') ? 'down' : 'up' }) };
}
