'use client';

import { useRouter } from 'next/navigation';
import { useId, useState } from 'react';
import { routes } from '@/components/routes';
import { Button } from '@/components/ui/button';
import { Input } from '@/components/ui/field';
import { instantIn } from '@/components/ui/format';

/** "2026-02-10T14:30" on a clock of the zone, with seconds and milliseconds where it has any. */
export function momentOf(ms: number, timeZone: string): string {
  const { day, clock } = instantIn(ms, timeZone, ms % 60_000 !== 0);
  return ms % 1_000 === 0 ? `${day}T${clock}` : `${day}T${clock}.${String(ms % 1_000).padStart(3, '0')}`;
}

const thisMinute = () => Math.floor(Date.now() / 60_000) * 60_000;

/** Chooses a moment on the customer's clocks; the page then shows what was known at that moment. */
export function MomentForm({
  customerId,
  timeZone,
  atMs,
  range,
}: {
  customerId: string;
  timeZone: string;
  /** The moment that is shown; the newest one where none is. */
  atMs?: number;
  range: { from?: string; to?: string };
}) {
  const id = useId();
  const router = useRouter();
  const [text, setText] = useState(() => momentOf(atMs ?? thisMinute(), timeZone));
  return (
    <form
      className="flex flex-wrap items-center gap-2 text-sm"
      onSubmit={(event) => {
        event.preventDefault();
        if (text) router.push(routes.customer(customerId, { ...range, at: text }));
      }}
    >
      <label htmlFor={id}>State as of</label>
      <Input
        id={id}
        type="datetime-local"
        step="any"
        required
        value={text}
        max={momentOf(thisMinute(), timeZone)}
        onChange={(event) => setText(event.target.value)}
      />
      <span className="text-muted">{timeZone}</span>
      <Button type="submit">Show</Button>
    </form>
  );
}
