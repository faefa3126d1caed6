import type { MessageKind } from '@/lib/notifications/message-model';
import type { Channel, NotificationEvent } from '@/lib/notifications/model';
import type { Rule } from '@/lib/notifications/rules-model';
import type { ChannelVerdict, DeliveryState } from '@/lib/notifications/view-model';
import { formatNumber, listed } from '@/lib/words';
import type { Tone } from '../ui/tone';

export const channelNames: Record<Channel, string> = {
  webhook: 'Webhook',
  slack: 'Slack',
  email: 'E-mail',
  browser: 'Browser',
};

/** The variables that configure a channel. Their values are shown nowhere. */
export const variablesOf: Record<Exclude<Channel, 'browser'>, string[]> = {
  webhook: ['SLC_NOTIFY_WEBHOOK_URL', 'SLC_NOTIFY_WEBHOOK_SECRET'],
  slack: ['SLC_NOTIFY_SLACK_URL'],
  email: ['SLC_NOTIFY_SMTP_URL', 'SLC_NOTIFY_SMTP_FROM', 'SLC_NOTIFY_SMTP_TO'],
};

export const eventNames: Record<NotificationEvent, { name: string; means: string }> = {
  'finding new': { name: 'New finding', means: 'A day of a customer came to be affected.' },
  'finding fallen back': { name: 'Fallen back', means: 'A repaired day is wrong again.' },
  'run needs attention': {
    name: 'Run needs attention',
    means: 'A backfill or an undo stopped and waits for a person.',
  },
  'campaign held': { name: 'Campaign held', means: 'The numbers of a cluster keep a campaign from going on.' },
  'campaign ended': { name: 'Campaign ended', means: 'With what became of its customers.' },
  'order stopped': { name: 'Standing order stopped', means: 'It stopped itself, so nothing is repaired at night.' },
  'approval waits': { name: 'Approval waits', means: 'Somebody asked for a second person.' },
  'scan failing': { name: 'Scan failing', means: 'The last scans of a customer all failed.' },
  'scan overdue': { name: 'Scan overdue', means: 'A customer was not looked at for more than two periods.' },
  'increment missed': { name: 'Increment missed', means: 'A full scan found what the scans of changes did not.' },
};

/** Events whose happenings have figures, which a threshold can be set for, and what is counted. */
export const measured: Partial<Record<NotificationEvent, string>> = {
  'finding new': 'affected conversations',
  'finding fallen back': 'affected conversations',
  'campaign ended': 'customers that are not verified',
  'increment missed': 'missed conversations',
};

export const verdictTones: Record<ChannelVerdict['state'], Tone> = {
  off: 'unknown',
  unused: 'waiting',
  works: 'verified',
  troubled: 'stale',
  dead: 'attention',
};

export const deliveryTones: Record<DeliveryState, Tone> = {
  waiting: 'waiting',
  sending: 'running',
  sent: 'verified',
  'given up': 'attention',
  skipped: 'neutral',
  'in summary': 'neutral',
};

export const kindNames: Record<MessageKind, string> = {
  opened: 'new',
  updated: 'update',
  resolved: 'resolved',
  summary: 'summary',
  test: 'test',
};

/** 0.01 -> "1 %", 0.005 -> "0.5 %". */
export const percent = (share: number): string => `${Number((share * 100).toFixed(3))} %`;

/** What a rule lets through: "all", "from 10 or 1 %", "off". */
export function ruleInWords({ enabled, affectedMin, shareMin, customers }: Rule): string {
  if (!enabled) return 'off';
  const least = [affectedMin === null ? '' : formatNumber(affectedMin), shareMin === null ? '' : percent(shareMin)];
  const from = least.filter((one) => one !== '').join(' or ');
  const whose = customers === null ? '' : `, of ${listed(customers, 2)}`;
  return `${from === '' ? 'all' : `from ${from}`}${whose}`;
}
