import type { Role } from '@/lib/auth/permissions';

/** What people hear of. */
export const events = [
  'finding new',
  'finding fallen back',
  'run needs attention',
  'campaign held',
  'campaign ended',
  'order stopped',
  'approval waits',
  'scan failing',
  'scan overdue',
  'increment missed',
] as const;
export type NotificationEvent = (typeof events)[number];

/** The ways to people. The browser asks for what is new; the worker sends to the others. */
export const channels = ['webhook', 'slack', 'email', 'browser'] as const;
export type Channel = (typeof channels)[number];
/** Channels that the worker sends to. */
export const sendingChannels = ['webhook', 'slack', 'email'] as const satisfies Channel[];
export type SendingChannel = (typeof sendingChannels)[number];

/** Something that people may have to hear of. `share` is from 0 to 1. */
export type Happening = {
  event: NotificationEvent;
  /** One open case a key, such as `finding alaska-air 2026-02-10`. */
  caseKey: string;
  customerId: string | null;
  /** One sentence, without a time that passes: every change of it counts as news where there is no measure. */
  title: string;
  /** Further sentences, with figures. */
  lines: string[];
  /** A page in the console, such as `/runs/…`. */
  path: string;
  /** For rules with a threshold. */
  measure?: { affected: number; share: number };
  /** Who is meant; everybody when absent. */
  role?: Role;
};

/** What a case says at one moment, as a message of it has it. */
export type CaseContent = Pick<Happening, 'event' | 'title' | 'lines' | 'path'> & {
  customerId: string | null;
  affected: number | null;
};

/** What was last put into the outbox for a case and a channel. `content` is null until it is first tried. */
export type LastDelivery = {
  state: 'waiting' | 'sending' | 'sent' | 'given up';
  unknown: number;
  content: CaseContent | null;
};

/** A number of affected conversations has to change by this part of what people know before it is news. */
const materialPart = 0.25;

/** What is said without its figures, which may differ at each look. */
const wordsOf = ({ title, lines }: CaseContent): string => [title, ...lines].join('\n').replaceAll(/\d[\d.,]*/g, '#');

/** Whether people would act differently: another event, another page, affected that differ by a quarter, or other words. */
export function isMaterial(known: CaseContent, now: CaseContent): boolean {
  if (known.event !== now.event) return true;
  if (known.affected !== null && now.affected !== null)
    return Math.abs(now.affected - known.affected) >= Math.max(1, known.affected * materialPart);
  return known.path !== now.path || wordsOf(known) !== wordsOf(now);
}

/** The message that a channel needs for an open case; null where what waits there will say it, or nothing is new. */
export function nextKind(last: LastDelivery | null, now: CaseContent): 'opened' | 'updated' | null {
  if (last === null) return 'opened';
  if (last.content === null || (last.state === 'waiting' && last.unknown === 0)) return null;
  return isMaterial(last.content, now) ? 'updated' : null;
}
