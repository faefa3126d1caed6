'use client';

import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { useChange } from '@/components/ui/change';
import { Field, Input, Textarea } from '@/components/ui/field';
import { FailedLine } from '@/components/ui/states';
import { Ago } from '@/components/ui/time';
import { setRule } from '@/lib/notifications/actions';
import type { RuleView } from '@/lib/notifications/view-model';
import { measured } from './words';

const textOf = (value: number | null) => (value === null ? '' : String(value));
const numberOf = (text: string) => (text.trim() === '' ? null : Number(text.replace(',', '.')));

/** One rule: whether the channel gets the event, from which figures on, of which customers, and when. */
export function RuleForm({ rule, onDone }: { rule: RuleView; onDone: () => void }) {
  const [enabled, setEnabled] = useState(rule.enabled);
  const [urgent, setUrgent] = useState(rule.urgent);
  const [affected, setAffected] = useState(textOf(rule.affectedMin));
  const [share, setShare] = useState(rule.shareMin === null ? '' : String(Number((rule.shareMin * 100).toFixed(4))));
  const [customers, setCustomers] = useState((rule.customers ?? []).join(' '));
  const { change, pending, failure } = useChange();
  const counted = measured[rule.event];
  const ids = customers.split(/[\s,]+/).filter((id) => id !== '');
  const percent = numberOf(share);
  const save = () => {
    const { event, channel } = rule;
    const shareMin = percent === null ? null : percent / 100;
    const of = ids.length === 0 ? null : ids;
    const given = { event, channel, enabled, urgent, affectedMin: numberOf(affected), shareMin, customers: of };
    void change(() => setRule(given), onDone);
  };
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <Check checked={enabled} onChange={setEnabled} label="Send it" />
      {enabled && (
        <>
          {counted && (
            <fieldset className="flex flex-col gap-2">
              <legend className="mb-1 text-muted text-xs">
                One of the two is enough. Without both, every case is sent.
              </legend>
              <div className="flex flex-wrap gap-4">
                <Field htmlFor="rule-affected" label={`From so many ${counted}`} error={failure?.fields?.affectedMin}>
                  <Input
                    id="rule-affected"
                    inputMode="numeric"
                    className="w-32"
                    value={affected}
                    onChange={(event) => setAffected(event.target.value)}
                  />
                </Field>
                <Field htmlFor="rule-share" label="From this share, percent" error={failure?.fields?.shareMin}>
                  <Input
                    id="rule-share"
                    inputMode="decimal"
                    className="w-32"
                    value={share}
                    onChange={(event) => setShare(event.target.value)}
                  />
                </Field>
              </div>
            </fieldset>
          )}
          <Field
            htmlFor="rule-customers"
            label="Customers"
            hint="Ids with spaces between them; * stands for any characters. Empty: all customers."
            error={customersFault(failure?.fields)}
          >
            <Textarea
              id="rule-customers"
              rows={2}
              value={customers}
              onChange={(event) => setCustomers(event.target.value)}
            />
          </Field>
          {rule.channel !== 'browser' && (
            <Check checked={urgent} onChange={setUrgent} label="Urgent: send it also in quiet hours" />
          )}
        </>
      )}
      {failure && <FailedLine failure={failure} />}
      <div className="flex flex-wrap items-center gap-3">
        <Button type="submit" look="primary" disabled={pending}>
          {pending ? 'Saving' : 'Save the rule'}
        </Button>
        <span className="text-muted text-xs">
          {rule.changedBy === null || rule.changedAtMs === null ? (
            'As it came.'
          ) : (
            <>
              Changed by {rule.changedBy}, <Ago ms={rule.changedAtMs} />.
            </>
          )}
        </span>
      </div>
    </form>
  );
}

const customersFault = (fields: Record<string, string> | undefined) =>
  Object.entries(fields ?? {}).find(([name]) => name.startsWith('customers'))?.[1];

function Check({ checked, onChange, label }: { checked: boolean; onChange: (to: boolean) => void; label: string }) {
  return (
    <label className="flex items-center gap-2 text-sm">
      <input
        type="checkbox"
        className="accent-accent"
        checked={checked}
        onChange={(event) => onChange(event.target.checked)}
      />
      {label}
    </label>
  );
}
