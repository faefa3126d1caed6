'use client';

import { Bar, BarChart, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import { compact, dayName } from '@/components/ui/format';
import { dayInWords, formatNumber } from '@/lib/words';

/**
 * `value` is null on a day that nobody counted, which is hatched and never looks like 0. A day that was counted in part
 * is hatched above its bar.
 */
export type TrendPoint = { day: string; value: number | null; inPart: boolean };
export type TrendSeries = { key: string; name: string; fill: string; points: TrendPoint[] };

const stripPx = 52;
const axisPx = 22;

/**
 * One strip of bars a day for each series, above one axis of days. Strips are not stacked, since one conversation may
 * count in several. Screen readers get the table beside it instead.
 */
export function TrendChart({ series, onDay }: { series: TrendSeries[]; onDay?: (day: string) => void }) {
  return (
    <div aria-hidden className="flex flex-col gap-1 rounded-lg border border-line bg-surface px-3 pt-3 pb-1">
      {series.map((one, index) => (
        <div key={one.key} className="grid gap-x-3 sm:grid-cols-[8.5rem_minmax(0,1fr)]">
          <p className="flex items-baseline gap-1.5 self-start whitespace-nowrap pt-1 text-xs max-sm:pt-0">
            <span className="size-2 shrink-0 self-center rounded-[2px]" style={{ background: one.fill }} />
            <span className="font-medium">{one.name}</span>
            <span className="ml-auto text-muted tabular-nums">up to {compact(mostOf(one))}</span>
          </p>
          <Strip series={one} withAxis={index === series.length - 1} onDay={onDay} />
        </div>
      ))}
    </div>
  );
}

const mostOf = ({ points }: TrendSeries) => Math.max(1, ...points.map(({ value }) => value ?? 0));

function Strip({
  series,
  withAxis,
  onDay,
}: {
  series: TrendSeries;
  withAxis: boolean;
  onDay: ((day: string) => void) | undefined;
}) {
  const most = mostOf(series);
  const hatch = `not-counted-${series.key}`;
  const data = series.points.map((point) => ({
    ...point,
    unknown: point.value === null || point.inPart ? most - (point.value ?? 0) : 0,
  }));
  return (
    <ResponsiveContainer width="100%" height={stripPx + (withAxis ? axisPx : 1)}>
      <BarChart
        data={data}
        margin={{ top: 4, right: 0, bottom: 0, left: 0 }}
        barCategoryGap={1}
        accessibilityLayer={false}
        onClick={({ activeLabel }) => activeLabel !== undefined && onDay?.(String(activeLabel))}
        className={onDay && 'cursor-pointer'}
      >
        <defs>
          <pattern id={hatch} width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
            <rect width="1" height="5" fill="var(--unknown-solid)" opacity="0.6" />
          </pattern>
        </defs>
        <XAxis
          dataKey="day"
          height={withAxis ? axisPx : 1}
          tick={withAxis && { fill: 'var(--muted)', fontSize: 11 }}
          tickFormatter={(day: string) => dayInWords(day)}
          tickLine={false}
          stroke="var(--line-strong)"
          minTickGap={32}
        />
        <YAxis hide domain={[0, most]} />
        <Tooltip
          cursor={{ fill: 'var(--raised)' }}
          content={({ active, payload }) => active && payload?.[0] && <Tip point={payload[0].payload as TrendPoint} />}
          isAnimationActive={false}
          wrapperStyle={{ zIndex: 10 }}
        />
        <Bar dataKey="value" stackId="day" fill={series.fill} isAnimationActive={false} />
        <Bar dataKey="unknown" stackId="day" fill={`url(#${hatch})`} isAnimationActive={false} />
      </BarChart>
    </ResponsiveContainer>
  );
}

function Tip({ point: { day, value, inPart } }: { point: TrendPoint }) {
  return (
    <p className="rounded-md border border-line bg-surface px-2 py-1 text-xs shadow-raised">
      {dayName(day)}: {value === null ? 'not counted' : `${inPart ? 'at least ' : ''}${formatNumber(value)}`}
    </p>
  );
}
