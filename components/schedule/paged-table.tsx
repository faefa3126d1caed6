import Link from 'next/link';
import type { ReactNode } from 'react';
import { routes } from '@/components/routes';
import { type Column, DataTable } from '@/components/ui/data-table';
import { Pages } from '@/components/ui/pages';
import { Empty } from '@/components/ui/states';
import { engineSeconds } from './words';

/** Rows in the order that the server gave them, a page at a time. `of` names the rows, and `left` is beside the pages. */
export function PagedTable<Row extends object>({
  caption,
  columns,
  rows,
  rowKey,
  empty,
  of,
  page,
  onTurn,
  left,
}: {
  caption: string;
  columns: Column<Row>[];
  rows: Row[];
  rowKey: (row: Row) => string;
  empty: string;
  of: string;
  page: { at: number; of: number };
  onTurn: (page: number) => void;
  left?: ReactNode;
}) {
  return (
    <div className="flex flex-col gap-2">
      {rows.length === 0 ? (
        <Empty title={empty} />
      ) : (
        <DataTable
          caption={caption}
          columns={columns}
          rows={rows}
          rowKey={rowKey}
          defaultSort=""
          sortParam="order"
          rowClass={() => '[&>td]:align-top'}
        />
      )}
      <div className="flex flex-wrap items-center justify-between gap-2 text-muted text-sm">
        <span>{left}</span>
        <Pages label={`Pages of ${of}`} page={page} onTurn={onTurn} />
      </div>
    </div>
  );
}

export const customerColumn = <Row extends { customerId: string }>(): Column<Row> => ({
  id: 'customer',
  header: 'Customer',
  cell: ({ customerId }) => (
    <Link href={routes.customer(customerId)} data-row-link className="font-medium hover:underline">
      {customerId}
    </Link>
  ),
});

/** Engine seconds, and below them what was read for them. */
export const costColumn = <Row,>(
  header: string,
  of: (row: Row) => { engineMs: number; read: string },
): Column<Row> => ({
  id: 'cost',
  header,
  numeric: true,
  from: 'md',
  cell: (row) => {
    const { engineMs, read } = of(row);
    return (
      <span className="whitespace-nowrap">
        {engineSeconds(engineMs)}
        <span className="block text-muted text-xs">{read}</span>
      </span>
    );
  },
});
