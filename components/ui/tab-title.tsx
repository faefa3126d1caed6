'use client';

import { useEffect } from 'react';
import { shiftDay } from '@/lib/day-text';
import { dayName } from './format';

/** What the tab says of the page. Its state comes first, so that a narrow tab still says it. */
export function TabTitle({ text }: { text: string }) {
  useEffect(() => {
    document.title = `${text} · Stale labels`;
  }, [text]);
  return null;
}

const short = (day: string) => dayName(day, false).slice(4);

/** Days in a tab, `toDay` exclusive: "10 Feb", "1 Feb – 10 Feb". */
export function tabDays(fromDay: string, toDay: string): string {
  const last = shiftDay(toDay, -1);
  return last <= fromDay ? short(fromDay) : `${short(fromDay)} – ${short(last)}`;
}
