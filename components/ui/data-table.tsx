'use client';

import {
  createSortedRowModel,
  type Row,
  type RowData,
  rowSortingFeature,
  type SortingState,
  sortFns,
  tableFeatures,
  useTable,
} from '@tanstack/react-table';
import { ArrowDown, ArrowUp } from 'lucide-react';
import dynamic from 'next/dynamic';
import { parseAsString, useQueryState } from 'nuqs';
import { useMemo } from 'react';
import { cn } from './cn';
import { Scroller } from './scroller';
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

const features = tableFeatures({ rowSortingFeature, sortedRowModel: createSortedRowModel(), sortFns });
const hidden = { sm: 'max-sm:hidden', md: 'max-md:hidden', lg: 'max-lg:hidden' };
const plainRowsMax = 100;
const VirtualRows = dynamic(() => import('./virtual-rows').then((module) => module.VirtualRows), { ssr: false });

/** "-stale" in the address sorts by stale, largest first. */
const toSorting = (text: string): SortingState =>
  text ? [{ id: text.replace(/^-/, ''), desc: text.startsWith('-') }] : [];

/**
 * A table whose sorting is in the address; past 100 rows only those near the window exist. Where the server sorts, rows
 * stay as they come. The main link of a row
 * carries `data-row-link`, so that the keys j and k find it.
 */
export function DataTable<T extends RowData>({
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
  const sorting = useMemo(() => toSorting(sort), [sort]);
  const definitions = useMemo(
    () =>
      columns.map((column) => ({
        id: column.id,
        accessorFn: (row: T) => (typeof column.sort === 'function' ? column.sort(row) : ''),
        enableSorting: column.sort !== undefined,
        sortFn: 'basic' as const,
      })),
    [columns],
  );
  const table = useTable({
    features,
    columns: definitions,
    data: rows,
    getRowId: rowKey,
    state: { sorting },
    manualSorting: columns.some(({ sort: by }) => by === 'server'),
  });
  const sorted = table.getRowModel().rows;
  const isLong = sorted.length > plainRowsMax;
  function headerOf(column: Column<T>) {
    const active = sorting[0]?.id === column.id ? sorting[0] : null;
    const Arrow = active?.desc ? ArrowDown : ArrowUp;
    return (
      <th
        key={column.id}
        scope="col"
        aria-sort={active ? (active.desc ? 'descending' : 'ascending') : undefined}
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
              setSort(active?.desc || (!active && !column.numeric) ? column.id : `-${column.id}`);
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

  function rowOf(row: Row<typeof features, T>) {
    return (
      <tr
        key={row.id}
        className={cn(
          'border-line border-b last:border-b-0 focus-within:bg-raised/70 hover:bg-raised/60',
          rowClass?.(row.original),
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
            {column.cell(row.original)}
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
