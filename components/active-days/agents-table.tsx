'use client';

import { useMemo } from 'react';
import { Badge } from '@/components/ui/badge';
import { cn } from '@/components/ui/cn';
import { type Column, DataTable } from '@/components/ui/data-table';
import { DataText } from '@/components/ui/data-text';
import type { AgentDiff } from '@/lib/active-days/model';
import { verdictOrder } from '@/lib/active-days/verdict-model';
import { daysText, verdictTones } from './verdicts';

type Side = 'before' | 'expected' | 'after';

/** One row for each agent. Agents that differ come first. A number opens the agent's days. */
export function AgentsTable({
  agents,
  compared,
  onOpen,
}: {
  agents: AgentDiff[];
  /** Without two moments there is one column of labels. */
  compared: boolean;
  onOpen: (agent: string) => void;
}) {
  const columns = useMemo<Column<AgentDiff>[]>(() => {
    const number = (id: Side, header: string, strong: (row: AgentDiff) => boolean): Column<AgentDiff> => ({
      id,
      header,
      numeric: true,
      sort: (row) => row[id] ?? -1,
      cell: (row) => (
        <button
          type="button"
          aria-label={`Days of ${row.agent}, ${header.toLowerCase()}: ${daysText(row[id])}`}
          onClick={() => onOpen(row.agent)}
          className={cn(
            'min-w-6 rounded px-1 text-right underline decoration-dotted underline-offset-4 hover:decoration-solid',
            strong(row) && 'font-semibold',
            row[id] === null && 'text-muted',
          )}
        >
          {daysText(row[id])}
        </button>
      ),
    });
    return [
      {
        id: 'agent',
        header: 'Agent',
        sort: (row) => row.agent.toLowerCase(),
        cell: (row) => (
          <button
            type="button"
            data-row-link
            onClick={() => onOpen(row.agent)}
            className="text-left font-medium hover:underline"
          >
            <DataText>{row.agent}</DataText>
          </button>
        ),
      },
      ...(compared
        ? [
            number('before', 'Before', () => false),
            number('expected', 'Expected', (row) => row.expected !== row.before),
            number('after', 'After', (row) => row.after !== row.before),
          ]
        : [
            number('after', 'Labels say', (row) => row.after !== row.expected),
            number('expected', 'Truth says', (row) => row.after !== row.expected),
          ]),
      {
        id: 'verdict',
        header: 'Verdict',
        sort: (row) => -verdictOrder[row.verdict],
        cell: (row) => <Badge tone={verdictTones[row.verdict]}>{row.verdict}</Badge>,
      },
    ];
  }, [compared, onOpen]);
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
