import type { MessageKind } from './message-model';
import type { Channel, NotificationEvent } from './model';
import type { Rule } from './rules-model';

/** A rule, and who changed it last; null where it is as it came. */
export type RuleView = Rule & { changedBy: string | null; changedAtMs: number | null };

/** A channel that the worker sends to. Counts of what was given up are those of the last week. Instants in ms. */
export type ChannelView = {
  channel: Channel;
  /** Whether the worker has its configuration. */
  configured: boolean;
  /** The last look of a worker; null before one looked. */
  lookedAtMs: number | null;
  waiting: number;
  /** Since when something that waits was tried without success. */
  failingSinceMs: number | null;
  blockedUntilMs: number | null;
  givenUp: number;
  givenUpAtMs: number | null;
  sent: number;
  failed: number;
  sentAtMs: number | null;
  failedAtMs: number | null;
  failure: string | null;
};

export const deliveryStates = ['waiting', 'sending', 'sent', 'given up', 'skipped', 'in summary'] as const;
export type DeliveryState = (typeof deliveryStates)[number];

export type DeliveryView = {
  id: number;
  channel: Channel;
  kind: MessageKind;
  state: DeliveryState;
  title: string;
  /** The page of what it is about; null for a summary and a test. */
  path: string | null;
  urgent: boolean;
  attempts: number;
  madeAtMs: number;
  nextAtMs: number;
  sentAtMs: number | null;
  failure: string | null;
};

/** An open case, with the newest message of it for each channel; one in a summary has the state of that. */
export type CaseView = {
  id: string;
  event: NotificationEvent;
  customerId: string | null;
  title: string;
  lines: string[];
  path: string;
  openedAtMs: number;
  updatedAtMs: number;
  messages: { channel: Channel; kind: MessageKind; state: DeliveryState; inSummary: boolean; atMs: number }[];
};

export type NotificationsView = {
  channels: ChannelView[];
  rules: RuleView[];
  /** One page, the newest first. */
  cases: CaseView[];
  casesOpen: number;
  /** How many are of the event that was asked for, and which page (from 0) of them this is. */
  casesFound: number;
  casesPage: { at: number; of: number };
};

export type DeliveriesPage = { deliveries: DeliveryView[]; page: { at: number; of: number } };

/** What a browser shows of a case: that it was opened, or what became of it. */
export type News = { id: string; title: string; line: string; path: string; resolution: string | null };

/** How a channel is doing. `dead`: alerting does not work and somebody has to look. */
export type ChannelVerdict = {
  word: string;
  state: 'off' | 'unused' | 'works' | 'troubled' | 'dead';
  sentence: string;
};

/** A receiver may be away this long before the health page is red. */
const awayMostMs = 10 * 60_000;
/** A worker looks at its channels more often than this. */
export const lookMostMs = 5 * 60_000;

const isAfter = (atMs: number | null, thanMs: number | null) => atMs !== null && (thanMs === null || atMs > thanMs);

/** Whether people would hear of something on this channel now. Pure. */
export function verdictOf(channel: ChannelView, nowMs: number): ChannelVerdict {
  const { givenUp, givenUpAtMs, failingSinceMs, failedAtMs, sentAtMs, lookedAtMs } = channel;
  const last = channel.failure === null ? '' : ` ${channel.failure}`;
  if (!channel.configured) return { word: 'not configured', state: 'off', sentence: 'Nothing is sent.' };
  if (lookedAtMs !== null && nowMs - lookedAtMs > lookMostMs)
    return { word: 'no worker', state: 'dead', sentence: 'No worker sends: none has looked for messages for minutes.' };
  if (isAfter(givenUpAtMs, sentAtMs))
    return { word: 'given up', state: 'dead', sentence: `Messages were given up, and none was sent since.${last}` };
  if (failingSinceMs !== null && nowMs - failingSinceMs > awayMostMs)
    return { word: 'failing', state: 'dead', sentence: `Nothing could be sent for a while. It is tried again.${last}` };
  if (failingSinceMs !== null)
    return { word: 'trying again', state: 'troubled', sentence: `The last try failed. It is tried again.${last}` };
  if (isAfter(failedAtMs, sentAtMs))
    return { word: 'failed', state: 'troubled', sentence: `The last try failed, and nothing was sent since.${last}` };
  if (failedAtMs !== null && failedAtMs === sentAtMs)
    return { word: 'not to all', state: 'troubled', sentence: `The last message did not reach everybody.${last}` };
  if (givenUp > 0)
    return { word: 'works', state: 'troubled', sentence: 'It works again. Messages from before were given up.' };
  if (sentAtMs === null)
    return { word: 'nothing sent yet', state: 'unused', sentence: 'Send a test to see whether it works.' };
  return { word: 'works', state: 'works', sentence: 'The last message was sent.' };
}
