'use client';

import { useSyncExternalStore } from 'react';
import { ago, dayName, duration, instantIn, utcText } from './format';
import { useZone } from './zone';

const listeners = new Set<() => void>();
let ticking: ReturnType<typeof setInterval> | null = null;
let nowMs = 0;

function tick() {
  nowMs = Math.floor(Date.now() / 1000) * 1000;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  if (!ticking) {
    nowMs = Math.floor(Date.now() / 1000) * 1000;
    ticking = setInterval(tick, 1000);
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0 && ticking) {
      clearInterval(ticking);
      ticking = null;
    }
  };
}

/** The current second, from one shared timer; 0 on the server and during hydration. */
export function useNow(): number {
  return useSyncExternalStore(
    subscribe,
    () => nowMs,
    () => 0,
  );
}

/** The time zone of the browser; UTC on the server and during hydration. */
export function useBrowserZone(): string {
  return useSyncExternalStore(
    () => () => undefined,
    () => Intl.DateTimeFormat().resolvedOptions().timeZone,
    () => 'UTC',
  );
}

/** In which zone the times of a page are shown, and whose its days are where that is another one. */
export function TimesIn({ timeZone }: { timeZone: string }) {
  const zone = useZone(timeZone);
  return (
    <span>
      Times in {zone}
      {zone !== timeZone && `, days of ${timeZone}`}
    </span>
  );
}

/** An instant in the zone that the browser chose, else a customer's, with UTC as its title; `year` says that its day may be of another year. */
export function Instant({
  ms,
  timeZone = 'UTC',
  day = true,
  year = false,
  seconds = true,
}: {
  ms: number;
  timeZone?: string;
  day?: boolean;
  year?: boolean;
  seconds?: boolean;
}) {
  const at = instantIn(ms, useZone(timeZone), seconds);
  return (
    <time dateTime={new Date(ms).toISOString()} title={utcText(ms)} className="whitespace-nowrap">
      {day ? `${dayName(at.day, year)} ` : ''}
      {at.clock} <span className="text-muted text-xs">{at.zone}</span>
    </time>
  );
}

/** "2 min ago", kept current, with UTC as its title. */
export function Ago({ ms }: { ms: number }) {
  const now = useNow();
  return (
    <time dateTime={new Date(ms).toISOString()} title={utcText(ms)} className="whitespace-nowrap">
      {now ? ago(now - ms) : utcText(ms)}
    </time>
  );
}

/** The time since `fromMs`, kept current until `toMs` is known. */
export function Elapsed({ fromMs, toMs }: { fromMs: number; toMs: number | null }) {
  const now = useNow();
  const end = toMs ?? (now || fromMs);
  return <span className="whitespace-nowrap">{duration(Math.max(end - fromMs, 0))}</span>;
}
