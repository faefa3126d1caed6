'use client';

import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { useChange } from '@/components/ui/change';
import { Field, Input } from '@/components/ui/field';
import { FailedLine } from '@/components/ui/states';
import { editCustomer } from '@/lib/customers/actions';
import {
  type CustomerUse,
  countedChanges,
  effectsOfRecount,
  type StoredCustomer,
  whyNotNow,
} from '@/lib/customers/state-model';
import { Effects } from './effects';

type Draft = { displayName: string; aliases: string; database: string; profiles: string; timeZone: string };

const fields: { key: keyof Draft; label: string; hint?: string; mono?: boolean; optional?: boolean }[] = [
  { key: 'displayName', label: 'Display name' },
  { key: 'aliases', label: 'Aliases', hint: 'Other names that people use, separated by commas.', optional: true },
  { key: 'database', label: 'ClickHouse database', mono: true },
  { key: 'profiles', label: 'Profiles', hint: 'All that it has in the data, separated by commas.', mono: true },
  { key: 'timeZone', label: 'Time zone', hint: 'The zone of its days, such as America/Los_Angeles.' },
];

const parts = (text: string) =>
  text
    .split(',')
    .map((one) => one.trim())
    .filter(Boolean);

/** The registry's row of a customer. A change of what was counted shows what it means before it can be saved. */
export function EditForm({
  customer,
  use,
  onDone,
  reload,
}: {
  customer: StoredCustomer;
  use: CustomerUse;
  onDone: () => void;
  reload: () => void;
}) {
  const [draft, setDraft] = useState<Draft>({
    displayName: customer.displayName,
    aliases: customer.aliases.join(', '),
    database: customer.database,
    profiles: customer.profiles.join(', '),
    timeZone: customer.timeZone,
  });
  const [understood, setUnderstood] = useState(false);
  const { change, pending, failure } = useChange();
  const wanted = { ...draft, aliases: parts(draft.aliases), profiles: parts(draft.profiles) };
  const counted = countedChanges(customer, wanted);
  const refused = counted.length > 0 ? whyNotNow(use, 'recount') : null;

  function submit(event: React.FormEvent) {
    event.preventDefault();
    change(() => editCustomer({ ...wanted, customerId: customer.id, version: customer.version }), onDone);
  }

  return (
    <form onSubmit={submit} className="flex flex-col gap-3">
      <div className="grid gap-3 sm:grid-cols-2">
        {fields.map(({ key, label, hint, mono, optional }) => (
          <Field key={key} htmlFor={`edit-${key}`} label={label} hint={hint} error={failure?.fields?.[key]}>
            <Input
              id={`edit-${key}`}
              required={!optional}
              value={draft[key]}
              onChange={(event) => setDraft({ ...draft, [key]: event.target.value })}
              className={mono ? 'font-mono' : undefined}
            />
          </Field>
        ))}
      </div>
      {counted.length > 0 && (
        <Effects
          title="What this means"
          sentences={refused ? [refused] : effectsOfRecount(use, counted, customer.id)}
        />
      )}
      {counted.length > 0 && !refused && (
        <label className="flex items-center gap-2 text-sm">
          <input
            type="checkbox"
            checked={understood}
            onChange={(event) => setUnderstood(event.target.checked)}
            className="accent-accent"
          />
          Set aside what was counted, and count every day again
        </label>
      )}
      {failure && !failure.fields && (
        <div className="flex flex-wrap items-center gap-3">
          <FailedLine failure={failure} />
          {failure.code === 'conflict' && <Button onClick={reload}>Load the newest values</Button>}
        </div>
      )}
      <Button
        type="submit"
        look="primary"
        className="self-start"
        disabled={pending || refused !== null || (counted.length > 0 && !understood)}
      >
        {pending ? 'Saving' : 'Save'}
      </Button>
    </form>
  );
}
