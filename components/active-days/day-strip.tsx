'use client';

import { cn } from '@/components/ui/cn';
import { dayName, monthName } from '@/components/ui/format';
import { Scroller } from '@/components/ui/scroller';
import type { AgentDaysView, StripDay } from '@/lib/active-days/agent-days-model';
import { dayWord, momentName } from './verdicts';

type Line = { name: string; of: (day: StripDay, at: number) => boolean | null };

/** What each line of the strip says of a day; null where it is not kept. */
function linesOf(view: AgentDaysView): Line[] {
  const stored = (side: 'before' | 'after'): Line[] => {
    const kept = view[side];
    return kept ? [{ name: momentName(kept.moment), of: (_, at) => kept.on?.[at] ?? null }] : [];
  };
  return [
    ...stored('before'),
    { name: view.before || view.after ? 'labels now' : 'labels say', of: (day) => day.labels },
    { name: 'truth says', of: (day) => day.truth },
    ...stored('after'),
  ];
}

const fills = {
  verified: 'bg-verified-solid',
  stale: 'bg-stale-solid',
  duplicate: 'bg-duplicate-solid',
  settling: 'dotted',
  neutral: 'bg-unknown-solid',
} as const;

/** The days of a range for one agent, a line for each side. A filled box counts; a day opens what decides it. */
export function DayStrip({
  view,
  chosen,
  onChoose,
}: {
  view: AgentDaysView;
  chosen: string;
  onChoose: (day: string) => void;
}) {
  const lines = linesOf(view);
  const months = new Map<string, { day: StripDay; at: number }[]>();
  view.days.forEach((day, at) => {
    const month = day.day.slice(0, 7);
    months.set(month, [...(months.get(month) ?? []), { day, at }]);
  });
  return (
    <div className="flex flex-col gap-2">
      {[...months].map(([month, days]) => (
        <Scroller key={month} className="p-2">
          <div className="flex w-max items-end gap-px">
            <div className="flex w-36 flex-col gap-px border border-transparent pr-2 text-muted text-xs">
              <span className="h-4 font-medium text-text leading-4">{monthName(`${month}-01`)}</span>
              {lines.map(({ name }) => (
                <span key={name} className="h-4 truncate leading-4">
                  {name}
                </span>
              ))}
            </div>
            {days.map(({ day, at }) => (
              <DayColumn
                key={day.day}
                day={day}
                at={at}
                lines={lines}
                chosen={day.day === chosen}
                onChoose={onChoose}
              />
            ))}
          </div>
        </Scroller>
      ))}
      <Legend />
    </div>
  );
}

function DayColumn({
  day,
  at,
  lines,
  chosen,
  onChoose,
}: {
  day: StripDay;
  at: number;
  lines: Line[];
  chosen: boolean;
  onChoose: (day: string) => void;
}) {
  const { word, tone } = dayWord(day);
  const says = lines.map(({ name, of }) => {
    const value = of(day, at);
    return `${name} ${value === null ? 'not kept' : value ? 'yes' : 'no'}`;
  });
  const fill = fills[tone as keyof typeof fills];
  return (
    <button
      type="button"
      aria-pressed={chosen}
      aria-label={`${dayName(day.day)}: ${says.join(', ')}; ${word}`}
      title={`${dayName(day.day)}: ${word}`}
      onClick={() => onChoose(day.day)}
      className={cn(
        'flex flex-col items-center gap-px rounded border border-transparent hover:border-line-strong',
        chosen && 'border-accent bg-raised',
      )}
    >
      <span className={cn('text-[0.625rem] leading-4', chosen ? 'font-semibold text-text' : 'text-muted')}>
        {Number(day.day.slice(8))}
      </span>
      {lines.map(({ name, of }) => {
        const value = of(day, at);
        return (
          <span
            key={name}
            className={cn(
              'h-4 w-3.5 rounded-[3px] border',
              value === null
                ? 'hatched border-line'
                : value
                  ? `border-transparent ${fill}`
                  : 'border-line-strong bg-surface',
            )}
          />
        );
      })}
    </button>
  );
}

const legend: [string, string][] = [
  ['counts, agreed', 'bg-verified-solid border-transparent'],
  ['counts on one side only', 'bg-stale-solid border-transparent'],
  ['counts by accident', 'bg-duplicate-solid border-transparent'],
  ['not judged yet', 'dotted border-transparent'],
  ['does not count', 'bg-surface border-line-strong'],
];

function Legend() {
  return (
    <ul className="flex flex-wrap gap-x-4 gap-y-1 text-muted text-xs">
      {legend.map(([word, fill]) => (
        <li key={word} className="flex items-center gap-1.5">
          <span aria-hidden className={cn('size-3 rounded-[3px] border', fill)} />
          {word}
        </li>
      ))}
    </ul>
  );
}
