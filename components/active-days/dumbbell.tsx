'use client';

import {
  CartesianGrid,
  ReferenceLine,
  ResponsiveContainer,
  Scatter,
  ScatterChart,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts';
import type { AgentDiff } from '@/lib/active-days/model';
import { visible } from '@/lib/text';
import { daysText } from './verdicts';

type Point = { x: number; y: number; agent: AgentDiff };

const marks = [
  { key: 'before', name: 'before', color: 'var(--unknown-solid)' },
  { key: 'expected', name: 'expected', color: 'var(--accent)' },
  { key: 'after', name: 'after', color: 'var(--verified-solid)' },
] as const;
type Mark = { key: (typeof marks)[number]['key']; name: string; color: string };
/** Without two moments: the labels are not verified, so they are grey. */
const marksOfNow: readonly Mark[] = [
  { key: 'before', name: 'labels say', color: 'var(--unknown-solid)' },
  { key: 'expected', name: 'truth says', color: 'var(--accent)' },
];

/** N/A has no point on the axis. */
function pointsOf(agents: AgentDiff[], key: (typeof marks)[number]['key']): Point[] {
  return agents.flatMap((agent, y) => {
    const x = agent[key];
    return x === null ? [] : [{ x, y, agent }];
  });
}

/** A ring for before, a bar for expected, a dot for after: they differ in shape, not only in colour. */
function drawMark(key: (typeof marks)[number]['key'], color: string) {
  return ({ cx = 0, cy = 0 }: { cx?: number; cy?: number }) => {
    if (key === 'before') return <circle cx={cx} cy={cy} r={6} fill="var(--surface)" stroke={color} strokeWidth={2} />;
    if (key === 'expected') return <rect x={cx - 1.5} y={cy - 10} width={3} height={20} rx={1.5} fill={color} />;
    return <circle cx={cx} cy={cy} r={4} fill={color} />;
  };
}

/** How far each agent's Active Days moved towards the truth. The table beside it has the numbers. */
export function Dumbbell({ agents, compared }: { agents: AgentDiff[]; compared: boolean }) {
  const shown: readonly Mark[] = compared ? marks : marksOfNow;
  const most = Math.max(1, ...agents.flatMap((agent) => [agent.before ?? 0, agent.expected ?? 0, agent.after ?? 0]));
  return (
    <figure className="rounded-lg border border-line bg-surface p-3">
      <figcaption className="mb-2 flex flex-wrap gap-4 text-muted text-xs">
        {shown.map(({ key, name, color }) => (
          <span key={key} className="inline-flex items-center gap-1.5">
            <svg aria-hidden="true" width="20" height="20" viewBox="-10 -10 20 20">
              {drawMark(key, color)({})}
            </svg>
            {name}
          </span>
        ))}
      </figcaption>
      <div style={{ height: Math.max(agents.length * 30 + 40, 110) }}>
        <ResponsiveContainer width="100%" height="100%">
          <ScatterChart margin={{ top: 6, right: 18, bottom: 4, left: 4 }}>
            <CartesianGrid horizontal={false} stroke="var(--line)" />
            <XAxis
              type="number"
              dataKey="x"
              domain={[0, most]}
              allowDecimals={false}
              tickCount={Math.min(most + 1, 8)}
              tick={{ fill: 'var(--muted)', fontSize: 11 }}
              tickLine={false}
              stroke="var(--line-strong)"
            />
            <YAxis
              type="number"
              dataKey="y"
              reversed
              domain={[-0.5, agents.length - 0.5]}
              ticks={agents.map((_, index) => index)}
              interval={0}
              width={132}
              tickFormatter={(index: number) => shorten(agents[index]?.agent || 'unassigned')}
              tick={{ fill: 'var(--muted)', fontSize: 11 }}
              tickLine={false}
              axisLine={false}
            />
            <Tooltip cursor={false} content={<Tip compared={compared} />} />
            {agents.map((agent, y) => {
              const known = [agent.before, agent.expected, agent.after].filter((days) => days !== null);
              if (known.length < 2) return null;
              return (
                <ReferenceLine
                  key={agent.agent}
                  stroke="var(--line-strong)"
                  strokeWidth={2}
                  segment={[
                    { x: Math.min(...known), y },
                    { x: Math.max(...known), y },
                  ]}
                />
              );
            })}
            {shown.map(({ key, name, color }) => (
              <Scatter
                key={key}
                name={name}
                data={pointsOf(agents, key)}
                shape={drawMark(key, color)}
                isAnimationActive={false}
              />
            ))}
          </ScatterChart>
        </ResponsiveContainer>
      </div>
    </figure>
  );
}

const shorten = (name: string) => {
  const shown = visible(name);
  return shown.length > 20 ? `${shown.slice(0, 19)}…` : shown;
};

function Tip({
  active,
  payload,
  compared,
}: {
  active?: boolean;
  payload?: readonly { payload?: unknown }[];
  compared: boolean;
}) {
  const point = payload?.[0]?.payload as Point | undefined;
  if (!active || !point) return null;
  const { agent } = point;
  return (
    <div className="rounded-md border border-line bg-surface px-3 py-2 text-xs shadow-raised">
      <p className="font-medium">{agent.agent || 'unassigned'}</p>
      <p className="text-muted">
        {compared
          ? `before ${daysText(agent.before)}, expected ${daysText(agent.expected)}, after ${daysText(agent.after)}`
          : `labels say ${daysText(agent.after)}, truth says ${daysText(agent.expected)}`}
      </p>
    </div>
  );
}
