'use client';

import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import type { Column } from '@/components/ui/data-table';
import { Input } from '@/components/ui/field';
import { FilterBar } from '@/components/ui/filters';
import { Ago, Instant } from '@/components/ui/time';
import type { CustomerShow, ScheduledCustomer, ScheduleView } from '@/lib/detection/schedule/view-model';
import { count, formatNumber } from '@/lib/words';
import { costColumn, customerColumn, PagedTable } from './paged-table';
import { lookedWords, stands } from './words';

const filters: Record<CustomerShow, string> = {
  due: 'Due or under way',
  late: 'Late',
  failing: 'Cannot be read',
  all: 'All',
};

const columns: Column<ScheduledCustomer>[] = [
  customerColumn(),
  {
    id: 'stand',
    header: 'Now',
    cell: (one) => {
      const { word, tone } = stands[one.stand];
      return (
        <>
          <Badge tone={tone}>{word}</Badge>
          {one.why && (
            <span className="block max-w-prose text-muted text-xs">
              {one.why}{' '}
              {one.untilMs !== null && (
                <>
                  Until <Instant ms={one.untilMs} seconds={false} />.
                </>
              )}
            </span>
          )}
        </>
      );
    },
  },
  {
    id: 'looked',
    header: 'Looked at',
    cell: (one) =>
      one.lookedAtMs === null ? (
        <span className="text-muted">never</span>
      ) : (
        <>
          <Ago ms={one.lookedAtMs} />
          {one.looked && <span className="block text-muted text-xs">{lookedWords[one.looked]}</span>}
        </>
      ),
  },
  {
    id: 'due',
    header: 'Due',
    from: 'sm',
    cell: (one) => (one.dueMs === null ? <span className="text-muted">–</span> : <Due one={one} ms={one.dueMs} />),
  },
  costColumn('Cost in 24 h', ({ cost }) => ({ engineMs: cost.engineMs, read: count(cost.rowsRead, 'row') })),
];

function Due({ one, ms }: { one: ScheduledCustomer; ms: number }) {
  if (one.stand === 'later' || one.stand === 'back-off') return <Instant ms={ms} seconds={false} />;
  return (
    <>
      <Ago ms={ms} />
      {one.isLate && <span className="block text-attention text-xs">late by a whole period</span>}
    </>
  );
}

type Asked = { show?: CustomerShow; q?: string; page?: number };

/** One page of the customers, in the order in which they are taken up. */
export function ScheduledCustomers({
  view,
  show,
  q,
  onAsk,
}: {
  view: ScheduleView;
  show: CustomerShow;
  q: string;
  onAsk: (asked: Asked) => void;
}) {
  const { rows, total, page } = view.customers;
  return (
    <div className="flex flex-col gap-2">
      <FilterBar>
        {Object.entries(filters).map(([name, title]) => (
          <Button
            key={name}
            size="sm"
            aria-pressed={name === show}
            look={name === show ? 'primary' : 'secondary'}
            onClick={() => onAsk({ show: name as CustomerShow, page: 0 })}
          >
            {title}
          </Button>
        ))}
        <Input
          aria-label="Search customers"
          placeholder="Search customers"
          data-search
          className="w-48"
          value={q}
          onChange={(event) => onAsk({ q: event.target.value, page: 0 })}
        />
      </FilterBar>
      <PagedTable
        caption={`${filters[show]}: customers in the order in which they are taken up`}
        columns={columns}
        rows={rows}
        rowKey={(one) => one.customerId}
        empty={q ? 'No customer matches' : emptyTitles[view.counts.customers === 0 ? 'all' : show]}
        of="customers"
        page={page}
        onTurn={(at) => onAsk({ page: at })}
        left={`${formatNumber(total)} of ${count(view.counts.customers, 'customer')}`}
      />
    </div>
  );
}

const emptyTitles: Record<CustomerShow, string> = {
  due: 'No customer is due',
  late: 'No customer is late',
  failing: 'Every customer can be read',
  all: 'No customer is registered yet',
};
