import { shiftDay } from '@/lib/day-text';
import { dayOf, instantOf } from '@/lib/days';
import {
  type Days,
  dayFrom,
  monthDays,
  monthOf,
  oneDay,
  recentDays,
  through,
  weekdayBefore,
  weekdayOfName,
  weekOf,
} from './calendar';

/** What a pattern may lean on: the day on which it was written, and the customer's time zone. */
export type Written = { today: string; timeZone: string; before: string };
type Read = (groups: Record<string, string | undefined>, written: Written) => Days[];
type Pattern = { find: RegExp; read: Read };

const month =
  '(?<month>Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\\b\\.?';
const ordinal = '(?:st|nd|rd|th)?';
const year =
  "(?:,?[\\s,]+(?<year>(?:19[7-9]|20\\d|21\\d)\\d)(?![\\d:])|[-/.](?<year2>(?:20)?\\d\\d)(?![\\d:])|\\s?['’](?<year3>\\d\\d)\\b)?";
const dash = '\\s?(?:-|–|—|to|until|through|thru|till)\\s?';
const and = '\\s?(?:and|&|/|,)\\s?';
const weekday = '(?<weekday>mon|tue|wed|thu|fri|sat|sun)(?:day|s|sday|nesday|rs|rsday|urday|r)?';

const days = (...all: (string | null)[]): Days[] => all.flatMap((day) => (day ? [oneDay(day)] : []));
const yearOf = ({ year, year2, year3 }: Record<string, string | undefined>) => year ?? year2 ?? year3;
const weekdayIn = (before: string): number | null => {
  const found = /\b(mon|tue|wed|thu|fri|sat|sun)[a-z]*[.,]?\s*(?:the\s+)?$/i.exec(before);
  return found?.[1] ? weekdayOfName(found[1]) : null;
};

function named(
  { month: name = '', day = '', ...groups }: Record<string, string | undefined>,
  written: Written,
): Days[] {
  const known = yearOf(groups);
  if (known) return days(dayFrom(Number(known), monthOf(name), Number(day)));
  return days(...recentDays(written.today, monthOf(name), Number(day), weekdayIn(written.before)));
}

/** "10-12 Feb": both days are of the same month, and of the year of the last one. */
function namedRange(
  { first = '', last = '', month: name = '', month2, ...groups }: Record<string, string | undefined>,
  written: Written,
): Days[] {
  const known = yearOf(groups);
  const ends = known
    ? days(dayFrom(Number(known), monthOf(month2 ?? name), Number(last)))
    : days(...recentDays(written.today, monthOf(month2 ?? name), Number(last), null));
  return ends.flatMap(({ from: end }) => {
    const begin = dayFrom(Number(end.slice(0, 4)), monthOf(name), Number(first));
    return begin && begin < end ? [through(begin, end)] : [];
  });
}

/** "10 and 11 Feb": days that follow each other are a range, and of others either is meant. */
function namedPair(groups: Record<string, string | undefined>, written: Written): Days[] {
  return namedRange(groups, written).flatMap(({ from, to }) =>
    shiftDay(from, 2) === to || /\bbetween (?:the )?$/i.test(written.before)
      ? [{ from, to }]
      : days(from, shiftDay(to, -1)),
  );
}

/** A day in figures: with a dot the day is first, else either may be. One that lies in the future is none. */
function inFigures(
  { a = '', b = '', sign = '', year: known }: Record<string, string | undefined>,
  { today }: Written,
): Days[] {
  const years = known ? [Number(known)] : [Number(today.slice(0, 4)), Number(today.slice(0, 4)) - 1];
  const of = (day: string, month: string) =>
    years.map((one) => dayFrom(one, Number(month), Number(day))).find((one) => one !== null && one <= today) ?? null;
  const either = sign === '.' ? [of(a, b)] : [of(a, b), of(b, a)];
  return days(...new Set(either));
}

const numbers: Record<string, number> = { one: 1, two: 2, three: 3, four: 4, five: 5, six: 6, seven: 7, a: 1, few: 3 };
const numberOf = (text = '') => numbers[text.toLowerCase()] ?? Number(text);

const figures = '(?<a>\\d{1,2})(?<sign>[/.-])(?<b>\\d{1,2})';

/** How people write days, the more exact ones first: a later one sees only what is left. */
export const dayPatterns: Pattern[] = [
  {
    find: /(?<![\d-])(?<day>(?:19|20|21)\d\d-\d\d-\d\d)[T ](?<time>\d\d:\d\d)(?<seconds>:\d\d)?(?:[.,]\d+)?\s?(?<zone>Z|UTC|GMT|[+-]\d\d:?\d\d)?(?![\w:])/g,
    read: ({ day = '', time, seconds = '', zone }, { timeZone }) => {
      const plain = days(dayFrom(Number(day.slice(0, 4)), Number(day.slice(5, 7)), Number(day.slice(8))));
      if (!zone || plain.length === 0) return plain;
      const offset = /^[+-]/.test(zone) ? `${zone.slice(0, 3)}:${zone.slice(-2)}` : 'Z';
      try {
        const local = oneDay(dayOf(instantOf(`${day}T${time}${seconds}${offset}`, timeZone), timeZone));
        // NOTE: midnight in UTC is how programs write a day as well.
        return time === '00:00' && local.from !== day ? [local, ...plain] : [local];
      } catch {
        return [];
      }
    },
  },
  {
    find: /(?<![\d-])(?<y>(?:19|20|21)\d\d)(?<sign>[-/.])(?<m>\d{1,2})\k<sign>(?<d>\d{1,2})(?![\d-])/g,
    read: ({ y, m, d }) => days(dayFrom(Number(y), Number(m), Number(d))),
  },
  {
    find: new RegExp(
      `(?<![\\d.])(?<first>\\d{1,2})${ordinal}${dash}(?<last>\\d{1,2})${ordinal}(?:\\s+of)?[\\s-]*${month}${year}`,
      'gi',
    ),
    read: namedRange,
  },
  {
    find: new RegExp(
      `\\b${month}\\s*(?<first>\\d{1,2})${ordinal}${dash}(?:${month.replace('month', 'month2')}\\s*)?(?<last>\\d{1,2})${ordinal}(?!\\d|:\\d|\\s?%)${year}`,
      'gi',
    ),
    read: namedRange,
  },
  {
    find: new RegExp(
      `(?<![\\d.:])(?<first>\\d{1,2})${ordinal}\\s+${month}${dash}(?<last>\\d{1,2})${ordinal}\\s+${month.replace('month', 'month2')}${year}`,
      'gi',
    ),
    read: namedRange,
  },
  {
    find: new RegExp(
      `(?<![\\d.])(?<first>\\d{1,2})${ordinal}${and}(?<last>\\d{1,2})${ordinal}\\s+${month}${year}`,
      'gi',
    ),
    read: namedPair,
  },
  {
    find: new RegExp(
      `\\b${month}\\s*(?<first>\\d{1,2})${ordinal}\\s?(?:and|&)\\s?(?<last>\\d{1,2})${ordinal}(?!\\d|:\\d|\\s?%)${year}`,
      'gi',
    ),
    read: namedPair,
  },
  {
    find: /(?<![\w-])(?<day>\d{1,2})(?<month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)(?<year>20\d\d|\d\d)(?![\w-])/gi,
    read: named,
  },
  {
    find: new RegExp(`(?<![\\d.:/-])(?<day>\\d{1,2})${ordinal}(?:\\s+of)?[\\s.\\-/]{0,2}${month}${year}`, 'gi'),
    read: named,
  },
  {
    find: new RegExp(
      `\\b${month}[\\s-]{0,2}(?:the\\s+)?(?<day>\\d{1,2})${ordinal}(?!\\d|:\\d|\\s?%|\\s?[AP]M\\b|\\.\\d)${year}`,
      'gi',
    ),
    read: named,
  },
  {
    find: new RegExp(`(?<!\\d(?:st|nd|rd|th)?[\\s.-]?(?:of )?)\\b${month}(?:,|\\s+of)?\\s+(?<year>20\\d\\d)\\b`, 'gi'),
    read: ({ month: name = '', year: known }) => [monthDays(Number(known), monthOf(name))].flatMap((one) => one ?? []),
  },
  {
    find: new RegExp(`(?<![\\d./-])${figures}\\k<sign>(?<year>(?:20)?\\d\\d)(?![\\d/-]|\\.\\d)`, 'g'),
    read: inFigures,
  },
  {
    find: /(?<=\b(?:on|since|from|until|till|to|for|of|day|date|and|-)\s)(?<a>\d{1,2})(?<sign>\/)(?<b>\d{1,2})(?![\d/]|\s?%)/gi,
    read: inFigures,
  },
  {
    find: /(?<![\w-])(?<y>20[12]\d)(?<m>0[1-9]|1[0-2])(?<d>[0-2]\d|3[01])(?![\w-])/g,
    read: ({ y, m, d }) => days(dayFrom(Number(y), Number(m), Number(d))),
  },
  { find: /\bday before yesterday\b/gi, read: (_, { today }) => days(shiftDay(today, -2)) },
  { find: /\byesterday\b/gi, read: (_, { today }) => days(shiftDay(today, -1)) },
  { find: /\btoday\b/gi, read: (_, { today }) => days(today) },
  {
    find: /\b(?<many>\d{1,2}|one|two|three|four|five|six|seven|a) days? ago\b/gi,
    read: ({ many }, { today }) => days(shiftDay(today, -numberOf(many))),
  },
  {
    find: /\b(?:last|past|previous) (?<many>\d{1,3}|two|three|four|five|six|seven|few) days\b/gi,
    read: ({ many }, { today }) => [through(shiftDay(today, 1 - numberOf(many)), today)],
  },
  {
    find: new RegExp(`\\blast ${weekday}\\b`, 'gi'),
    read: ({ weekday: name = '' }, { today }) => lastWeekday(today, weekdayOfName(name)),
  },
  {
    find: new RegExp(`\\b(?:on|since|this|past) ${weekday}\\b(?!,?\\s+(?:the\\s+)?[\\d\\0])`, 'gi'),
    read: ({ weekday: name = '' }, { today }) => days(weekdayBefore(today, weekdayOfName(name))),
  },
  { find: /\blast week\b/gi, read: (_, { today }) => [weekOf(shiftDay(today, -7))] },
  { find: /\bthis week\b/gi, read: (_, { today }) => [{ ...weekOf(today), to: shiftDay(today, 1) }] },
  {
    find: /\blast month\b/gi,
    read: (_, { today }) => {
      const [y, m] = [Number(today.slice(0, 4)), Number(today.slice(5, 7))];
      return [m === 1 ? monthDays(y - 1, 12) : monthDays(y, m - 1)].flatMap((one) => one ?? []);
    },
  },
  {
    find: /\b(?:in|during|all of|whole of|throughout) (?<month>January|February|March|April|May|June|July|August|September|October|November|December)\b(?!\s*\d)/g,
    read: ({ month: name = '' }, { today }) => {
      const [recent] = recentDays(today, monthOf(name), 1, null);
      return recent ? [monthDays(Number(recent.slice(0, 4)), monthOf(name))].flatMap((one) => one ?? []) : [];
    },
  },
];

/** "Last Tuesday" is the newest one, or that of the week before where the newest is of this week. */
function lastWeekday(today: string, day: number): Days[] {
  const newest = weekdayBefore(today, day);
  return newest >= weekOf(today).from ? days(newest, shiftDay(newest, -7)) : days(newest);
}
