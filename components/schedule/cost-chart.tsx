'use client';

import { Bar, BarChart, CartesianGrid, ReferenceLine, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import { instantIn } from '@/components/ui/format';
import type { HourCost } from '@/lib/detection/schedule/view-model';
import { formatNumber } from '@/lib/words';

const series = [
  { key: 'regular scans', name: 'regular scans', fill: 'var(--running-solid)' },
  { key: 'looks', name: 'looks', fill: 'var(--accent)' },
  { key: 'asked scans', name: 'asked scans', fill: 'var(--line-strong)' },
] as const;

const clockOf = (ms: number) => instantIn(ms, 'UTC', false).clock;
const tick = { fill: 'var(--muted)', fontSize: 11 };

/** Engine seconds of each hour; the line is the budget of what the schedule does by itself. */
export function CostChart({ hours, budgetMs }: { hours: HourCost[]; budgetMs: number }) {
  const data = hours.map((hour) => ({
    hour: hour.hourMs,
    ...Object.fromEntries(series.map(({ key }) => [key, Math.round(hour[key].engineMs / 100) / 10])),
  }));
  const most = Math.max(...hours.map((hour) => hour['regular scans'].engineMs + hour.looks.engineMs));
  return (
    <figure className="rounded-lg border border-line bg-surface p-3">
      <figcaption className="pb-1 text-muted text-xs">
        A bar shows the engine seconds of an hour. Regular scans and looks share a budget of{' '}
        {formatNumber(budgetMs / 1_000)} engine seconds an hour, which is{' '}
        {most > budgetMs / 4 ? 'the dashed line' : 'above the chart'}.
        <span className="mt-1 flex flex-wrap gap-x-4 gap-y-1">
          {series.map(({ key, name, fill }) => (
            <span key={key} className="inline-flex items-center gap-1.5">
              <span aria-hidden className="size-2 rounded-[2px]" style={{ background: fill }} />
              {name}
            </span>
          ))}
        </span>
      </figcaption>
      <div className="h-44">
        <ResponsiveContainer width="100%" height="100%">
          <BarChart data={data} margin={{ top: 4, right: 4, bottom: 0, left: 0 }} accessibilityLayer>
            <CartesianGrid vertical={false} stroke="var(--line)" />
            <XAxis
              dataKey="hour"
              tickFormatter={clockOf}
              tick={tick}
              tickLine={false}
              stroke="var(--line-strong)"
              minTickGap={24}
            />
            <YAxis
              width={44}
              allowDecimals={false}
              tickFormatter={formatNumber}
              tick={tick}
              tickLine={false}
              axisLine={false}
            />
            <Tooltip
              cursor={{ fill: 'var(--raised)' }}
              labelFormatter={(hour) => `${clockOf(Number(hour))} UTC`}
              formatter={(value) => `${value} s`}
              contentStyle={{
                background: 'var(--surface)',
                border: '1px solid var(--line)',
                borderRadius: 6,
                fontSize: 12,
              }}
              itemStyle={{ color: 'var(--text)' }}
            />
            {most > budgetMs / 4 && (
              <ReferenceLine
                y={budgetMs / 1_000}
                stroke="var(--attention)"
                strokeDasharray="4 3"
                ifOverflow="extendDomain"
              />
            )}
            {series.map(({ key, name, fill }) => (
              <Bar key={key} dataKey={key} name={name} stackId="hour" fill={fill} isAnimationActive={false} />
            ))}
          </BarChart>
        </ResponsiveContainer>
      </div>
    </figure>
  );
}
