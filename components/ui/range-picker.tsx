'use client';

import { useState } from 'react';
import { shiftDay } from '@/lib/day-text';
import { Button } from './button';
import { Input } from './field';

/** Picks two days, the last one included. The range that it is given and hands on excludes its end. */
export function RangePicker({
  fromDay,
  toDay,
  onChange,
  onReset,
}: {
  fromDay: string;
  toDay: string;
  onChange: (fromDay: string, toDay: string) => void;
  onReset?: () => void;
}) {
  const [draft, setDraft] = useState<{ from: string; last: string } | null>(null);
  const from = draft?.from ?? fromDay;
  const last = draft?.last ?? shiftDay(toDay, -1);
  const changed = from !== fromDay || last !== shiftDay(toDay, -1);
  const usable = from !== '' && last !== '' && from <= last;
  return (
    <form
      className="flex flex-wrap items-center gap-1.5"
      onSubmit={(event) => {
        event.preventDefault();
        if (!usable) return;
        onChange(from, shiftDay(last, 1));
        setDraft(null);
      }}
    >
      <Input
        type="date"
        aria-label="First day"
        value={from}
        onChange={(event) => setDraft({ from: event.target.value, last })}
        className="w-34"
      />
      <span className="text-muted text-sm">to</span>
      <Input
        type="date"
        aria-label="Last day"
        value={last}
        min={from}
        onChange={(event) => setDraft({ from, last: event.target.value })}
        className="w-34"
      />
      {changed && (
        <Button type="submit" disabled={!usable}>
          Show
        </Button>
      )}
      {!changed && onReset && (
        <Button look="ghost" onClick={onReset}>
          Newest days
        </Button>
      )}
    </form>
  );
}
