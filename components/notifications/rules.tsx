'use client';

import { Zap } from 'lucide-react';
import dynamic from 'next/dynamic';
import { useRefusal } from '@/components/auth/person';
import { useQueryState } from '@/components/ui/address';
import { parseAsString } from '@/components/ui/address-parsers';
import { cn } from '@/components/ui/cn';
import { Dialog } from '@/components/ui/dialog';
import { type Channel, channels, events } from '@/lib/notifications/model';
import type { NotificationsView, RuleView } from '@/lib/notifications/view-model';
import { channelNames, eventNames, ruleInWords } from './words';

// What reads for itself, or is below the first look, loads after the page.
const RuleForm = dynamic(() => import('./rule-form').then((module) => module.RuleForm), { ssr: false });

/** Which channel gets what. Each rule opens into its form. */
export function Rules({ view, onChanged }: { view: NotificationsView; onChanged: () => void }) {
  const [open, setOpen] = useQueryState('rule', parseAsString);
  const refusal = useRefusal('notifications.manage');
  const isOn = (channel: Channel) =>
    channel === 'browser' || view.channels.some((one) => one.channel === channel && one.configured);
  const chosen = view.rules.find((rule) => keyOf(rule) === open) ?? null;
  return (
    <div className="flex flex-col gap-2">
      <p className="text-muted text-sm">
        {refusal === null
          ? 'Each rule can be changed. A case is one message, then its updates and its end.'
          : `Rules cannot be changed by you. ${refusal}`}{' '}
        <Zap aria-hidden className="inline size-3.5" /> Urgent ones are sent also in quiet hours, the others after them.
      </p>
      <ul aria-label="Rules" className="divide-y divide-line rounded-lg border border-line bg-surface">
        {events.map((event) => (
          <li key={event} className="flex flex-wrap items-center gap-x-6 gap-y-2 px-4 py-2.5 text-sm">
            <div className="min-w-0 flex-1 basis-64">
              <p className="font-medium">{eventNames[event].name}</p>
              <p className="text-muted text-xs">{eventNames[event].means}</p>
            </div>
            <div className="grid w-full grid-cols-2 gap-1.5 sm:w-auto sm:grid-cols-4">
              {channels.map((channel) => {
                const rule = view.rules.find((one) => one.event === event && one.channel === channel);
                return (
                  rule && (
                    <RuleButton
                      key={channel}
                      rule={rule}
                      isOn={isOn(channel)}
                      disabled={refusal !== null}
                      onOpen={() => void setOpen(keyOf(rule), { history: 'push' })}
                    />
                  )
                );
              })}
            </div>
          </li>
        ))}
      </ul>
      <Dialog
        open={chosen !== null}
        onOpenChange={(shown) => !shown && void setOpen(null)}
        title={chosen ? `${eventNames[chosen.event].name} by ${channelNames[chosen.channel]}` : 'Rule'}
        description={chosen ? eventNames[chosen.event].means : undefined}
      >
        {chosen && (
          <RuleForm
            key={keyOf(chosen)}
            rule={chosen}
            onDone={() => {
              void setOpen(null);
              onChanged();
            }}
          />
        )}
      </Dialog>
    </div>
  );
}

const keyOf = ({ event, channel }: Pick<RuleView, 'event' | 'channel'>) => `${event}, ${channel}`;

function RuleButton({
  rule,
  isOn,
  disabled,
  onOpen,
}: {
  rule: RuleView;
  isOn: boolean;
  disabled: boolean;
  onOpen: () => void;
}) {
  const words = ruleInWords(rule);
  const name = channelNames[rule.channel];
  const isUrgent = rule.enabled && rule.urgent && rule.channel !== 'browser';
  return (
    <button
      type="button"
      data-row-link
      disabled={disabled}
      aria-label={`${eventNames[rule.event].name} by ${name}: ${words}${isUrgent ? ', urgent' : ''}${isOn ? '' : ', not configured'}`}
      title={rule.changedBy === null ? 'As it came' : `Changed by ${rule.changedBy}`}
      onClick={onOpen}
      className={cn(
        'flex min-w-0 flex-col rounded-md border px-2 py-1 text-left text-xs sm:w-32',
        rule.changedBy === null ? 'border-line' : 'border-accent',
        !disabled && 'hover:bg-raised',
        rule.enabled && isOn ? 'bg-surface' : 'bg-raised',
      )}
    >
      <span className="flex items-center justify-between gap-1 text-muted">
        {name}
        {isUrgent && <Zap aria-hidden className="size-3 shrink-0" />}
      </span>
      <span className={cn('w-full truncate', rule.enabled && isOn ? 'font-medium' : 'text-muted')}>{words}</span>
    </button>
  );
}
