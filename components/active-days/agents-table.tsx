'use client';

import Link from 'next/link';
import { useMemo } from 'react';
import { routes } from '@/components/routes';
import { Badge } from '@/components/ui/badge';
import { cn } from '@/components/ui/cn';
import { type Column, DataTable } from '@/components/ui/data-table';
import { DataText } from '@/components/ui/data-text';
import type { AgentDays, AgentDiff } from '@/lib/active-days/model';
import { verdictOrder } from '@/lib/active-days/verdict-model';
import { shiftDay } from '@/lib/day-text';
import { daysText, verdictTones } from './verdicts';

const number = (
  id: 'before' | 'expected' | 'after',
  header: string,
  strong: (row: AgentDiff) => boolean,
): Column<AgentDiff> => ({
  id,
  header,
  numeric: true,
  sort: (row) => row[id] ?? -1,
  cell: (row) => <Days value={row[id]} strong={strong(row)} />,
});

function Days({ value, strong }: { value: AgentDays; strong: boolean }) {
  return (
    <span
      className={cn(strong && 'font-semibold', value === null && 'text-muted')}
      title={value === null ? 'Neither labels nor truth in the range' : undefined}
    >
      {daysText(value)}
    </span>
  );
}

/** One row for each agent. Agents that differ come first. */
export function AgentsTable({
  agents,
  customerId,
  fromDay,
  toDay,
}: {
  agents: AgentDiff[];
  customerId: string;
  fromDay: string;
  toDay: string;
}) {
  const columns = useMemo<Column<AgentDiff>[]>(
    () => [
      {
        id: 'agent',
        header: 'Agent',
        sort: (row) => row.agent.toLowerCase(),
        cell: (row) => (
          <Link
            data-row-link
            prefetch={false}
            className="font-medium hover:underline"
            href={
              shiftDay(fromDay, 1) === toDay
                ? routes.day(customerId, fromDay, { show: 'all', agent: row.agent })
                : routes.customer(customerId, { from: fromDay, to: toDay })
            }
          >
            <DataText>{row.agent || 'unassigned'}</DataText>
          </Link>
        ),
      },
      number('before', 'Before', () => false),
      number('expected', 'Expected', (row) => row.expected !== row.before),
      number('after', 'After', (row) => row.after !== row.before),
      {
        id: 'verdict',
        header: 'Verdict',
        sort: (row) => -verdictOrder[row.verdict],
        cell: (row) => <Badge tone={verdictTones[row.verdict]}>{row.verdict}</Badge>,
      },
    ],
    [customerId, fromDay, toDay],
  );
  return (
    <DataTable
      caption="Active Days by agent"
      columns={columns}
      rows={agents}
      rowKey={(row) => row.agent}
      defaultSort="-verdict"
    />
  );
}
