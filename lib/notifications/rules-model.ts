import { type Channel, channels, events, type Happening, type NotificationEvent } from './model';

/** Which happenings a channel gets. `affectedMin` or `shareMin` (0 to 1) suffices; both null: all of them. */
export type Rule = {
  event: NotificationEvent;
  channel: Channel;
  enabled: boolean;
  affectedMin: number | null;
  shareMin: number | null;
  /** Ids of customers, where `*` is any characters; null: all. */
  customers: string[] | null;
  /** Whether it is also sent during the quiet hours. */
  urgent: boolean;
};

const urgentEvents: readonly NotificationEvent[] = ['run needs attention', 'order stopped'];

/** The rule of an event and a channel that nobody changed. */
export function standardRule(event: NotificationEvent, channel: Channel): Rule {
  const isNew = event === 'finding new';
  return {
    event,
    channel,
    enabled: true,
    affectedMin: isNew ? 10 : null,
    shareMin: isNew ? 0.01 : null,
    customers: null,
    urgent: urgentEvents.includes(event),
  };
}

/** The rule of every event and channel: `changed` where there is one. */
export function allRules<R extends Rule>(changed: readonly R[]): (Rule | R)[] {
  return events.flatMap((event) =>
    channels.map(
      (channel) =>
        changed.find((rule) => rule.event === event && rule.channel === channel) ?? standardRule(event, channel),
    ),
  );
}

/** Whether the rule is on and is about this customer. */
export function concerns(rule: Rule, customerId: string | null): boolean {
  if (!rule.enabled) return false;
  if (rule.customers === null || customerId === null) return true;
  return rule.customers.some((pattern) => matches(pattern, customerId));
}

/** Whether figures reach the rule's threshold. What has no figures always does. */
export function reaches(rule: Rule, measure: Happening['measure']): boolean {
  if (!measure || (rule.affectedMin === null && rule.shareMin === null)) return true;
  const enough = rule.affectedMin !== null && measure.affected >= rule.affectedMin;
  return enough || (rule.shareMin !== null && measure.share >= rule.shareMin);
}

function matches(pattern: string, id: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(id);
}
