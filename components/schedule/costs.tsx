'use client';

import dynamic from 'next/dynamic';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Scroller } from '@/components/ui/scroller';
import { Empty, Skeleton } from '@/components/ui/states';
import { TableHead } from '@/components/ui/table-head';
import { Instant } from '@/components/ui/time';
import { type Cost, costKinds, type HourCost } from '@/lib/detection/schedule/view-model';
import { bytes, formatNumber } from '@/lib/words';
import { engineSeconds } from './words';

const Chart = dynamic(() => import('./cost-chart').then((module) => module.CostChart), {
  ssr: false,
  loading: () => <Skeleton className="h-44" />,
});

const hoursAtFirst = 5;

const sumOf = (hour: HourCost): Cost =>
  costKinds.reduce(
    (sum, kind) => ({
      runs: sum.runs + hour[kind].runs,
      statements: sum.statements + hour[kind].statements,
      rowsRead: sum.rowsRead + hour[kind].rowsRead,
      bytesRead: sum.bytesRead + hour[kind].bytesRead,
      engineMs: sum.engineMs + hour[kind].engineMs,
    }),
    { runs: 0, statements: 0, rowsRead: 0, bytesRead: 0, engineMs: 0 },
  );

/** Engine seconds of each hour against the budget, as a chart and as its table. */
export function Costs({ hours, budgetMs }: { hours: HourCost[]; budgetMs: number }) {
  const ran = hours.filter((hour) => sumOf(hour).statements > 0).toReversed();
  const [all, showAll] = useState(false);
  if (ran.length === 0) return <Empty title="Nothing ran in the last 24 hours" />;
  return (
    <div className="grid min-w-0 items-start gap-4 lg:grid-cols-2">
      <Chart hours={hours} budgetMs={budgetMs} />
      <div className="flex min-w-0 flex-col gap-2">
        <Scroller>
          <table className="w-full border-collapse text-sm">
            <caption className="sr-only">Cost by hour, newest first</caption>
            <TableHead first="Hour" columns={['Regular scans', 'Looks', 'Asked scans', 'Of the budget', 'Read']} />
            <tbody>
              {ran.slice(0, all ? ran.length : hoursAtFirst).map((hour) => (
                <HourRow key={hour.hourMs} hour={hour} budgetMs={budgetMs} />
              ))}
            </tbody>
          </table>
        </Scroller>
        {ran.length > hoursAtFirst && (
          <Button size="sm" className="self-end" aria-expanded={all} onClick={() => showAll(!all)}>
            {all ? 'Fewer hours' : `All ${ran.length} hours`}
          </Button>
        )}
      </div>
    </div>
  );
}

function HourRow({ hour, budgetMs }: { hour: HourCost; budgetMs: number }) {
  const sum = sumOf(hour);
  const own = hour['regular scans'].engineMs + hour.looks.engineMs;
  return (
    <tr className="border-line border-b last:border-b-0">
      <th scope="row" className="px-3 py-1.5 text-left font-normal">
        <Instant ms={hour.hourMs} day={false} seconds={false} />
      </th>
      {costKinds.map((kind) => (
        <td key={kind} className="px-3 py-1.5 text-right tabular-nums">
          {engineSeconds(hour[kind].engineMs)}
        </td>
      ))}
      <td className="px-3 py-1.5 text-right tabular-nums">{Math.round((100 * own) / budgetMs)} %</td>
      <td className="whitespace-nowrap px-3 py-1.5 text-right tabular-nums">
        {formatNumber(sum.rowsRead)} rows
        <span className="block text-muted text-xs">{bytes(sum.bytesRead)}</span>
      </td>
    </tr>
  );
}
