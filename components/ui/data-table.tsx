'use client';

import { ArrowDown, ArrowUp } from 'lucide-react';
import dynamic from 'next/dynamic';
import { useMemo } from 'react';
import { useQueryState } from './address';
import { parseAsString } from './address-parsers';
import { cn } from './cn';
import { Scroller } from './scroller';
import { sortingOf, sortRows } from './sort-rows';
import { Term } from './term';

export type Column<T> = {
  id: string;
  header: string;
  /** A word of the glossary; its definition can be opened at the header. */
  term?: string;
  cell: (row: T) => React.ReactNode;
  /** What the column sorts by, or that the server sorts by it; a column without it cannot be sorted. */
  sort?: ((row: T) => number | string) | 'server';
  numeric?: boolean;
  className?: string;
  /** The column is hidden in windows narrower than this. */
  from?: 'sm' | 'md' | 'lg';
};

const hidden = { sm: 'max-sm:hidden', md: 'max-md:hidden', lg: 'max-lg:hidden' };
const plainRowsMax = 100;
const VirtualRows = dynamic(() => import('./virtual-rows').then((module) => module.VirtualRows), { ssr: false });

/**
 * A table whose sorting is in the address; past 100 rows only those near the window exist. Where the server sorts, rows
 * stay as they come. The main link of a row
 * carries `data-row-link`, so that the keys j and k find it.
 */
export function DataTable<T>({
  caption,
  columns,
  rows,
  rowKey,
  defaultSort,
  sortParam = 'sort',
  onSorted,
  rowClass,
}: {
  caption: string;
  columns: Column<T>[];
  rows: T[];
  rowKey: (row: T) => string;
  defaultSort: string;
  sortParam?: string;
  onSorted?: () => void;
  rowClass?: (row: T) => string | undefined;
}) {
  const [sort, setSort] = useQueryState(sortParam, parseAsString.withDefault(defaultSort));
  const sorting = useMemo(() => sortingOf(sort), [sort]);
  const sorted = useMemo(() => {
    const by = columns.find(({ id }) => id === sorting?.id)?.sort;
    const isSortedHere = typeof by === 'function' && !columns.some((column) => column.sort === 'server');
    const inOrder = isSortedHere ? sortRows(rows, by, sorting?.descending ?? false) : rows;
    return inOrder.map((row) => ({ id: rowKey(row), row }));
  }, [columns, rows, rowKey, sorting]);
  const isLong = sorted.length > plainRowsMax;
  function headerOf(column: Column<T>) {
    const active = sorting?.id === column.id ? sorting : null;
    const Arrow = active?.descending ? ArrowDown : ArrowUp;
    return (
      <th
        key={column.id}
        scope="col"
        aria-sort={active ? (active.descending ? 'descending' : 'ascending') : undefined}
        className={cn(
          'h-8 whitespace-nowrap px-3 font-medium text-muted text-xs',
          column.numeric ? 'text-right' : 'text-left',
          column.from && hidden[column.from],
          column.className,
        )}
      >
        {column.sort ? (
          <button
            type="button"
            className={cn('inline-flex items-center gap-1 rounded hover:text-text', active && 'text-text')}
            onClick={() => {
              setSort(active?.descending || (!active && !column.numeric) ? column.id : `-${column.id}`);
              onSorted?.();
            }}
          >
            {column.header}
            {active && <Arrow aria-hidden className="size-3" />}
          </button>
        ) : (
          column.header || <span className="sr-only">Actions</span>
        )}
        {column.term && <Term word={column.term} />}
      </th>
    );
  }

  function rowOf({ id, row }: { id: string; row: T }) {
    return (
      <tr
        key={id}
        className={cn(
          'border-line border-b last:border-b-0 focus-within:bg-raised/70 hover:bg-raised/60',
          rowClass?.(row),
        )}
      >
        {columns.map((column) => (
          <td
            key={column.id}
            className={cn(
              'h-10 px-3 py-1.5',
              column.numeric && 'text-right tabular-nums',
              column.from && hidden[column.from],
              column.className,
            )}
          >
            {column.cell(row)}
          </td>
        ))}
      </tr>
    );
  }

  return (
    <Scroller>
      <table className="w-full border-collapse text-sm" aria-rowcount={isLong ? sorted.length + 1 : undefined}>
        <caption className="sr-only">{caption}</caption>
        <thead className="border-line border-b bg-raised/60">
          <tr aria-rowindex={isLong ? 1 : undefined}>{columns.map(headerOf)}</tr>
        </thead>
        {isLong ? (
          <VirtualRows rows={sorted} span={columns.length} draw={(row) => rowOf(row as (typeof sorted)[number])} />
        ) : (
          <tbody>{sorted.map(rowOf)}</tbody>
        )}
      </table>
    </Scroller>
  );
}
