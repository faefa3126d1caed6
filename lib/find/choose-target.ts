import { shiftDay } from '@/lib/day-text';
import type { DayResult } from '@/lib/detection/model';
import type { Found, Target } from './model';
import type { Days } from './read/calendar';
import { daysInWords } from './verdict';

type What = {
  customerId: string;
  displayName: string;
  range: Days | null;
  newestDay: string | null;
  days: readonly DayResult[];
  agents: readonly string[];
  useCases: readonly string[];
  conversations: readonly string[];
  today: string;
  mayScan: boolean;
};

/** How many days Active Days of an agent show where the text names none. */
const shownDays = 30;

const button = (label: string, target: Target): Found['button'] => ({ label, target });
const only = <One>(all: readonly One[]): One | undefined => (all.length === 1 ? all[0] : undefined);

/** The one place where the answer is: the conversation, the day, Active Days of the agent, or the customer. */
export function chooseTarget(what: What): Found['button'] {
  const { customerId, range, agents, useCases } = what;
  if (!range) return withoutDays(what);
  const { from, to } = range;
  const isDay = to === shiftDay(from, 1);
  if (what.days.length === 0 && from <= what.today && what.mayScan)
    return button(isDay ? 'Scan the day' : 'Scan these days', { kind: 'scan', customerId, from, to });
  if (isDay) {
    const conversation = only(what.conversations);
    if (conversation) return button('Open the conversation', { kind: 'day', customerId, day: from, conversation });
    return button('Open the day', { kind: 'day', customerId, day: from, agent: only(agents), useCase: only(useCases) });
  }
  if (agents.length > 0) return button('Open Active Days', { kind: 'active days', customerId, from, to });
  return button(`Open ${daysInWords(range)}`, { kind: 'customer', customerId, from, to });
}

function withoutDays({ customerId, displayName, newestDay, agents }: What): Found['button'] {
  if (agents.length > 0 && newestDay) {
    const to = shiftDay(newestDay, 1);
    return button('Open Active Days', { kind: 'active days', customerId, from: shiftDay(to, -shownDays), to });
  }
  return button(`Open ${displayName}`, { kind: 'customer', customerId });
}
