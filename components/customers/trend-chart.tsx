'use client';

import { Bar, BarChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import { dayName } from '@/components/ui/format';
import type { DayResult } from '@/lib/detection/model';
import { formatNumber } from '@/lib/words';

const series = [
  { key: 'stale', name: 'stale', fill: 'var(--stale-solid)' },
  { key: 'duplicates', name: 'duplicates', fill: 'var(--duplicate-solid)' },
  { key: 'missing', name: 'missing', fill: 'var(--attention-solid)' },
  { key: 'orphans', name: 'orphans', fill: 'var(--attention)' },
] as const;

export function TrendChart({ days }: { days: DayResult[] }) {
  const data = days.toSorted((a, b) => (a.day < b.day ? -1 : 1));
  return (
    <div className="h-44 rounded-lg border border-line bg-surface p-3">
      <ResponsiveContainer width="100%" height="100%">
        <BarChart data={data} margin={{ top: 4, right: 4, bottom: 0, left: 0 }} accessibilityLayer>
          <CartesianGrid vertical={false} stroke="var(--line)" />
          <XAxis
            dataKey="day"
            tickFormatter={(day: string) => dayName(day, false)}
            tick={{ fill: 'var(--muted)', fontSize: 11 }}
            tickLine={false}
            stroke="var(--line-strong)"
            minTickGap={24}
          />
          <YAxis
            allowDecimals={false}
            width={40}
            tickFormatter={formatNumber}
            tick={{ fill: 'var(--muted)', fontSize: 11 }}
            tickLine={false}
            axisLine={false}
          />
          <Tooltip
            cursor={{ fill: 'var(--raised)' }}
            labelFormatter={(day) => dayName(String(day))}
            contentStyle={{
              background: 'var(--surface)',
              border: '1px solid var(--line)',
              borderRadius: 6,
              fontSize: 12,
            }}
            itemStyle={{ color: 'var(--text)' }}
          />
          {series.map(({ key, name, fill }) => (
            <Bar key={key} dataKey={key} name={name} stackId="day" fill={fill} isAnimationActive={false} />
          ))}
        </BarChart>
      </ResponsiveContainer>
    </div>
  );
}
