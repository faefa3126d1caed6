import { CalendarDays, CornerDownLeft, History, type LucideIcon, OctagonPause, Users, Zap } from 'lucide-react';
import type { Route } from 'next';
import { routes } from '@/components/routes';
import { dayName, rangeName } from '@/components/ui/format';
import type { RunSummary } from '@/lib/backfill/state/model';
import { shiftDay } from '@/lib/day-text';
import type { CustomerSummary } from '@/lib/detection/view/summary-model';
import type { Command } from './commands';
import { dayIn, findCustomers, findDays, findPlans, findRuns, matches } from './find';
import { places } from './places';

/** One line of the palette: what it opens, or the command that it sends. */
export type Line = { key: string; icon: LucideIcon; label: string; detail?: string; opens: Route | Command };
export type Section = { heading: string; lines: Line[] };

const isCommand = (opens: Line['opens']): opens is Command => !opens.startsWith('/');

/** Calls the one of both that fits what a line opens. */
export const follow = ({ opens }: Line, act: { go: (href: Route) => void; send: (command: Command) => void }): void =>
  isCommand(opens) ? act.send(opens) : act.go(opens);

/** What the browser knows that matches the words, by kind. */
export function sectionsOf(text: string, known: { customers: CustomerSummary[]; runs: RunSummary[] }): Section[] {
  const day = dayIn(text);
  const { customers, runs } = known;
  const sections: Section[] = [
    {
      heading: 'Customers',
      lines: findCustomers(customers, text).map(({ customerId, displayName }) => ({
        key: `customer ${customerId}`,
        icon: Users,
        label: displayName,
        detail: customerId,
        opens: routes.customer(customerId),
      })),
    },
    {
      heading: day ? 'That day' : 'Affected days',
      lines: findDays(customers, text).map(({ customer: { customerId, displayName }, day: one }) => ({
        key: `day ${customerId} ${one}`,
        icon: CalendarDays,
        label: displayName,
        detail: dayName(one),
        opens: routes.day(customerId, one),
      })),
    },
    {
      heading: 'Runs',
      lines: findRuns(runs, text).map((run) => ({
        key: `run ${run.id}`,
        icon: History,
        label: run.customerId,
        detail: `${rangeName(run.fromDay, run.toDay)} · ${run.status}`,
        opens: routes.run(run.id),
      })),
    },
    {
      heading: 'Actions',
      lines: [...plans(customers, text, day), ...actions.filter(({ words }) => matches(text, words))],
    },
  ];
  return sections.filter(({ lines }) => lines.length > 0);
}

const plans = (customers: CustomerSummary[], text: string, day: string | undefined): Line[] =>
  day === undefined
    ? []
    : findPlans(customers, text).map(({ customerId, displayName }) => ({
        key: `backfill ${customerId} ${day}`,
        icon: Zap,
        label: `Plan a backfill of ${displayName}, ${dayName(day)}`,
        opens: routes.plan({ customer: customerId, from: day, to: shiftDay(day, 1) }),
      }));

const actions: (Line & { words: string })[] = [
  {
    key: 'repair all',
    words: 'repair all affected customers new campaign',
    icon: Zap,
    label: 'Repair all affected customers',
    opens: routes.newCampaign(),
  },
  ...places.map(({ label, href }) => ({
    key: `go to ${label}`,
    words: `go to ${label}`,
    icon: CornerDownLeft,
    label: `Go to ${label}`,
    opens: href,
  })),
  {
    key: 'stop',
    words: 'stop everything emergency',
    icon: OctagonPause,
    label: 'Stop everything',
    opens: 'stop everything',
  },
  {
    key: 'help',
    words: 'help keyboard shortcuts words colours documents',
    icon: CornerDownLeft,
    label: 'Help: keys, words, colours, documents',
    opens: 'help',
  },
];
