'use client';

import { useEffect, useState } from 'react';
import { cn } from '@/components/ui/cn';
import { Input, Select } from '@/components/ui/field';
import { flagFacts, flagNames, staleFlags } from '@/lib/detection/flags';
import type { Breakdown, ConversationEvidence, DayResult } from '@/lib/detection/model';
import { formatNumber } from '@/lib/words';

export type DayParams = {
  show: string | null;
  flags: string | null;
  agent: string | null;
  useCase: string | null;
  q: string | null;
};

type Chip = { label: string; value: number | null; show: string | null; flags: string | null };

function chipsOf(day: DayResult | null): Chip[] {
  const chips: Chip[] = [
    { label: 'Affected', value: day?.affected ?? null, show: null, flags: null },
    { label: 'All', value: day?.conversations ?? null, show: 'all', flags: null },
  ];
  if (!day) return chips;
  if (day.stale) chips.push({ label: 'stale', value: day.stale, show: null, flags: staleFlags.join(',') });
  for (const flag of flagNames) {
    if (day.flags[flag]) chips.push({ label: flagFacts[flag].word, value: day.flags[flag], show: null, flags: flag });
  }
  if (day.settling) chips.push({ label: 'settling', value: day.settling, show: 'settling', flags: null });
  if (day.open) chips.push({ label: 'open', value: day.open, show: 'open', flags: null });
  return chips;
}

/** Filters by flag, agent, use case and text. All of them are kept in the address. */
export function DayFilters({
  day,
  rows,
  params,
  onChange,
}: {
  day: DayResult | null;
  rows: ConversationEvidence[];
  params: DayParams;
  onChange: (change: Partial<DayParams>) => void;
}) {
  const seen = (pick: (row: { agent: string; useCase: string }) => string): Breakdown[] =>
    [
      ...new Set(
        rows
          .flatMap((row) => [row.truth, ...row.labels])
          .filter((one) => one !== null)
          .map(pick),
      ),
    ].map((key) => ({
      key,
      affected: 0,
      stale: 0,
      duplicates: 0,
    }));
  return (
    <div className="flex flex-wrap items-center gap-2">
      <Search value={params.q ?? ''} onChange={(q) => onChange({ q: q || null })} />
      <Choice
        label="agent"
        value={params.agent}
        options={day?.byAgent.length ? day.byAgent : seen((row) => row.agent)}
        onChange={(agent) => onChange({ agent })}
      />
      <Choice
        label="use case"
        value={params.useCase}
        options={day?.byUseCase.length ? day.byUseCase : seen((row) => row.useCase)}
        onChange={(useCase) => onChange({ useCase })}
      />
      <fieldset className="flex flex-wrap gap-1">
        <legend className="sr-only">Which conversations</legend>
        {chipsOf(day).map((chip) => {
          const on = params.show === chip.show && params.flags === chip.flags;
          return (
            <button
              key={chip.label}
              type="button"
              aria-pressed={on}
              onClick={() => onChange({ show: chip.show, flags: chip.flags })}
              className={cn(
                'h-8 rounded-md border px-2.5 text-sm hover:bg-raised',
                on ? 'border-accent bg-raised font-medium text-text' : 'border-line text-muted',
              )}
            >
              {chip.label} {chip.value !== null && <span className="font-semibold">{formatNumber(chip.value)}</span>}
            </button>
          );
        })}
      </fieldset>
    </div>
  );
}

function Search({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  return (
    <Input
      data-search
      type="search"
      aria-label="Search conversations, agents and use cases"
      placeholder="Id, agent or use case  /"
      value={text}
      onChange={(event) => {
        setText(event.target.value);
        onChange(event.target.value.trim());
      }}
      className="w-56 max-sm:w-full"
    />
  );
}

function Choice({
  label,
  value,
  options,
  onChange,
}: {
  label: string;
  value: string | null;
  options: Breakdown[];
  onChange: (value: string | null) => void;
}) {
  const known = options.some((option) => option.key === value);
  return (
    <Select
      aria-label={`Filter by ${label}`}
      value={value ?? ''}
      onChange={(event) => onChange(event.target.value || null)}
      className="max-w-52"
    >
      <option value="">Any {label}</option>
      {value && !known && <option value={value}>{value}</option>}
      {options
        .filter((option) => option.key !== '')
        .map((option) => (
          <option key={option.key} value={option.key}>
            {option.key}
            {option.affected > 0 && ` (${formatNumber(option.affected)})`}
          </option>
        ))}
    </Select>
  );
}
