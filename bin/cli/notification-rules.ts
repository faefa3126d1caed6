import type { Actor } from '@/lib/auth/model';
import type { Context } from '@/lib/context';
import { parseInput } from '@/lib/edge/parse-input';
import { AppError } from '@/lib/errors';
import { SetRule } from '@/lib/notifications/input-model';
import { channels, events } from '@/lib/notifications/model';
import { setRule } from '@/lib/notifications/set-rule';
import { readRules } from '@/lib/notifications/view/read-notifications';
import type { RuleView } from '@/lib/notifications/view-model';
import { formatNumber } from '@/lib/words';
import { table } from './output';

type Options = {
  on?: boolean;
  off?: boolean;
  affected?: string;
  share?: string;
  customers?: string[];
  urgent?: boolean;
  quiet?: boolean;
};

/** Changes what the options name of a rule, and leaves the rest. Throws AppError('invalid_input'). */
export async function setRuleFrom(
  ctx: Context,
  { event, channel, options }: { event: string; channel: string; options: Options },
  actor: Actor,
): Promise<RuleView> {
  refuseBoth(options, 'on', 'off');
  refuseBoth(options, 'urgent', 'quiet');
  const now = (await readRules(ctx)).find((rule) => rule.event === event && rule.channel === channel);
  if (!now)
    throw new AppError(
      'invalid_input',
      `"${event.slice(0, 80)}" and "${channel.slice(0, 80)}" are no event and channel. Events: ${events.join(', ')}. Channels: ${channels.join(', ')}.`,
    );
  const { on, off, affected, share, customers, urgent, quiet } = options;
  const given = {
    event: now.event,
    channel: now.channel,
    enabled: on || (off ? false : now.enabled),
    affectedMin: affected === undefined ? now.affectedMin : affected === 'none' ? null : Number(affected),
    shareMin: share === undefined ? now.shareMin : share === 'none' ? null : Number(share) / 100,
    customers: customers === undefined ? now.customers : customers.includes('all') ? null : customers,
    urgent: urgent || (quiet ? false : now.urgent),
  };
  return setRule(ctx, parseInput(SetRule, given), actor);
}

function refuseBoth(options: Options, one: keyof Options, other: keyof Options): void {
  if (options[one] && options[other]) throw new AppError('invalid_input', `Give either --${one} or --${other}.`);
}

/** Rules as a table. */
export const drawRules = (rules: readonly RuleView[]): string =>
  table(
    ['Event', 'Channel', 'Sent', 'From', 'Customers', 'Quiet hours', 'Changed by'],
    rules.map((rule) => [
      rule.event,
      rule.channel,
      rule.enabled ? 'yes' : 'no',
      fromOf(rule),
      rule.customers?.join(' ') ?? 'all',
      rule.urgent ? 'sent' : 'waits',
      rule.changedBy,
    ]),
  );

function fromOf({ affectedMin, shareMin }: RuleView): string {
  const limits = [
    affectedMin === null ? '' : formatNumber(affectedMin),
    shareMin === null ? '' : `${Number((shareMin * 100).toFixed(3))} %`,
  ].filter((one) => one !== '');
  return limits.join(' or ') || 'any';
}
