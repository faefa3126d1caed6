import { shiftDay } from '@/lib/day-text';
import { type Days, oneDay, sameDays, through } from './calendar';
import { dayPatterns } from './day-patterns';
import type { Line } from './lines';

/** Days that a text says. Several readings where the way it is written leaves that open. */
export type SaidDays = {
  readings: Days[];
  written: string;
  role: 'label' | 'subject' | 'text' | 'aside' | 'header';
  line: number;
};
type Found = { readings: Days[]; at: number; end: number };

/** All days of the lines in their order. `today` is the customer's; a mail's own date is the today of what it says. */
export function readDays(lines: readonly Line[], { today, timeZone }: { today: string; timeZone: string }): SaidDays[] {
  const said: SaidDays[] = [];
  let writtenOn = { outer: today, quoted: today };
  lines.forEach((line, at) => {
    if (line.text === '') return;
    const anchor = line.isQuoted ? writtenOn.quoted : writtenOn.outer;
    const found = joined(line.text, daysIn(line.text, { today: anchor, timeZone }), anchor);
    if (line.place === 'header') {
      const [first] = found;
      const sent = first?.readings.length === 1 && isSent.test(line.text) ? first.readings[0]?.from : undefined;
      if (sent && sent <= today)
        writtenOn = line.isQuoted ? { ...writtenOn, quoted: sent } : { outer: sent, quoted: sent };
    }
    for (const { readings, at: start, end } of found)
      said.push({ readings, written: line.text.slice(start, end), role: roleOf(line, start, end), line: at });
  });
  return said;
}

/** What is before a day, as much of it as a rule looks at. */
const beforeIn = (text: string, at: number): string => text.slice(Math.max(0, at - 40), at);

const isSent = /^\s*[*_]*(?:date|sent|created|reported|opened|submitted|on\b)|\d{1,2}:\d\d/i;

/** So many days of one line are read; no ticket has more. */
const ofLineMost = 100;

function daysIn(text: string, written: { today: string; timeZone: string }): Found[] {
  let left = text;
  const found: Found[] = [];
  for (const { find, read } of dayPatterns)
    for (const match of left.matchAll(find)) {
      const [whole] = match;
      if (found.length >= ofLineMost) break;
      if (isVerb(whole, left, match.index)) continue;
      const readings = read(match.groups ?? {}, { ...written, before: beforeIn(left, match.index) });
      if (readings.length === 0) continue;
      found.push({ readings, at: match.index, end: match.index + whole.length });
      left = `${left.slice(0, match.index)}${'\u0000'.repeat(whole.length)}${left.slice(match.index + whole.length)}`;
    }
  return found.sort((a, b) => a.at - b.at);
}

/** "may 10 agents", "march 3 of them", "24/7": no days. */
const isVerb = (whole: string, text: string, at: number): boolean =>
  (/^(?:may|march|mar|dec|sep) \d/.test(whole) && !/\d(?:st|nd|rd|th)|\d{4}/.test(whole)) ||
  /^24\/7$/.test(whole) ||
  (/(?:[A-Za-z0-9]-|\bv(?:ersion)?\.?\s*|\b(?:release|build)\s+)$/i.test(text.slice(0, at)) &&
    !/^[A-Za-z]/.test(whole));

/** Two days with "to", "until" or a dash between them are a range; "since" reaches to the day on which it was written. */
function joined(text: string, found: readonly Found[], today: string): Found[] {
  const all: Found[] = [];
  for (let at = 0; at < found.length; at++) {
    const [one, next] = [found[at] as Found, found[at + 1]];
    const between = next && text.slice(one.end, Math.min(next.at, one.end + 40));
    const before = beforeIn(text, one.at);
    const isRange =
      between !== undefined &&
      (/^[\s,(]*(?:(?:\d{1,2}:\d\d\S*)?\s*(?:-|–|—|->|→|to|until|through|thru|till|up to)\s*(?:and including\s*)?(?:mon|tue|wed|thu|fri|sat|sun)?[a-z]*\.?,?)\s*$/i.test(
        between,
      ) ||
        (/^\s*and\s*(?:mon|tue|wed|thu|fri|sat|sun)?[a-z]*\s*$/i.test(between) &&
          /\bbetween\s+(?:\w+day\s+|the\s+)?$/i.test(before)));
    const ranges = isRange && next ? rangesOf(one, next) : [];
    if (next && ranges.length > 0) {
      all.push({ readings: ranges, at: one.at, end: next.end });
      at += 1;
    } else if (/\bweek of (?:the\s+|\w+day,?\s+)?$/i.test(before))
      all.push({ ...one, readings: one.readings.map(({ from }) => ({ from, to: shiftDay(from, 7) })) });
    else if (isSince.test(before) && one.readings.every(({ from, to }) => to === shiftDay(from, 1) && from < today))
      all.push({ ...one, readings: one.readings.map(({ from }) => through(from, today)) });
    else all.push(one);
  }
  return all;
}

const isSince = /\b(?:ever since|since)\s+(?:\w+day,?\s+)?(?:the\s+)?$/i;

function rangesOf(one: Found, next: Found): Days[] {
  const all = one.readings.flatMap((first) =>
    next.readings.flatMap((last) => (first.from < last.from ? [{ from: first.from, to: last.to }] : [])),
  );
  // Both ends are written in the same way, so that the first readings go together.
  if (one.readings.length === 2 && next.readings.length === 2)
    return [0, 1].flatMap((at) => {
      const [first, last] = [one.readings[at], next.readings[at]];
      return first && last && first.from < last.from ? [{ from: first.from, to: last.to }] : [];
    });
  return all.filter((range, at) => all.findIndex((other) => sameDays(other, range)) === at);
}

const asideBefore =
  /\b(?:reported|raised|opened|filed|created|logged|submitted|sent|received|escalated|respond|reply|answer|due|deadline|deployed|deploy|released|release|rolled out|shipped|invoice|renewal|renews|meeting|call|review|qbr|go-?live|launched?|signed|contract|migrated|upgraded|onboarded|customer since|checked|looked|noticed|spotted|found(?: it| this)?|happened before|last time|previously|earlier (?:ticket|case|incident)|until|by)(?:\s+(?:on|at|by|in|it|this|us|to|the|is|was|of|from|ticket|case|again|first|our|your|their|customer|support|date|\p{Lu}\p{L}+))*\s*:?\s*(?:\w+day,?\s+)?$/iu;
const asideAfter =
  /^\s*(?:deploy|release|call|meeting|rollout|invoice|qbr|maintenance|is fine|was fine|are fine|looks? fine|works|worked|shows? (?:the )?(?:right|correct))\b/i;

function roleOf(line: Line, at: number, end: number): SaidDays['role'] {
  if (line.place === 'day label') return 'label';
  if (line.place === 'header' || line.place === 'signature') return 'header';
  const before =
    line.text
      .slice(Math.max(0, at - 70), at)
      .split(/[.;!?](?:\s|$)/)
      .at(-1) ?? '';
  if (asideBefore.test(before) || asideAfter.test(line.text.slice(end, end + 40))) return 'aside';
  return line.place === 'subject' ? 'subject' : 'text';
}

/** The day or range that a text is about. `maybe` are those that it may be about, where it does not say one. */
export type When = { sure: Days | null; maybe: Days[]; written: string | null };

const most = 8;

/** Decides which days a ticket is about. `seen` are the days of its conversations, by which an open reading is settled. */
export function decideDays(said: readonly SaidDays[], seen: readonly string[] = []): When {
  const groups = [['label'], ['subject', 'text'], ['aside']] as const;
  for (const roles of groups) {
    const some = said.filter(({ role }) => (roles as readonly string[]).includes(role));
    if (some.length === 0) continue;
    const certain = unique(some.filter(({ readings }) => readings.length === 1).flatMap(({ readings }) => readings));
    const open = some.filter(
      ({ readings }) => readings.length > 1 && !readings.some((one) => certain.some((other) => covers(other, one))),
    );
    const all = unique([...certain, ...open.flatMap(({ readings }) => readings)]);
    const fitting = seen.length > 0 ? all.filter((days) => seen.every((day) => days.from <= day && day < days.to)) : [];
    const chosen = fitting.length === 1 ? fitting : all;
    const [only] = chosen;
    if (only && chosen.length === 1 && roles[0] !== 'aside')
      return {
        sure: only,
        maybe: [],
        written: some.find(({ readings }) => readings.some((one) => sameDays(one, only)))?.written ?? null,
      };
    if (seen.length === 0 || roles[0] !== 'aside')
      return { sure: null, maybe: chosen.slice(0, most), written: some[0]?.written ?? null };
  }
  return ofConversations(seen);
}

function ofConversations(seen: readonly string[]): When {
  const days = [...new Set(seen)].sort();
  const [first] = days;
  const last = days.at(-1);
  if (!first || !last) return { sure: null, maybe: [], written: null };
  return { sure: first === last ? oneDay(first) : through(first, last), maybe: [], written: null };
}

const covers = (days: Days, one: Days) => days.from <= one.from && one.to <= days.to;

/** Each once, and none that is one day of a range that is also said. */
function unique(all: readonly Days[]): Days[] {
  const each = all.filter((days, at) => all.findIndex((other) => sameDays(other, days)) === at);
  return each.filter(
    (days) => !each.some((other) => other !== days && covers(other, days) && days.to === shiftDay(days.from, 1)),
  );
}
