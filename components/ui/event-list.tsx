'use client';

import { instantIn, utcText } from './format';
import { useZone } from './zone';

type Event = { id: number; atMs: number; text: string };

/** What happened, newest first. */
export function EventList({ events, timeZone = 'UTC' }: { events: readonly Event[]; timeZone?: string }) {
  const zone = useZone(timeZone);
  if (events.length === 0) return <p className="text-muted text-sm">Nothing yet.</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard scrolls it
    <ol tabIndex={0} aria-label="What happened" className="flex max-h-96 flex-col gap-0.5 overflow-y-auto text-sm">
      {events
        .toSorted((a, b) => b.id - a.id)
        .map((event) => (
          <li key={event.id} className="grid grid-cols-[4.25rem_minmax(0,1fr)] gap-2 rounded px-1 py-0.5">
            <time
              dateTime={new Date(event.atMs).toISOString()}
              title={utcText(event.atMs)}
              className="text-muted text-xs leading-5"
            >
              {instantIn(event.atMs, zone).clock}
            </time>
            <span className="[overflow-wrap:anywhere]">{event.text}</span>
          </li>
        ))}
    </ol>
  );
}
