'use client';

import { Plus } from 'lucide-react';
import { useState } from 'react';
import { useRefusal } from '@/components/auth/person';
import { reads } from '@/components/routes';
import { Button } from '@/components/ui/button';
import { useChange } from '@/components/ui/change';
import { Dialog } from '@/components/ui/dialog';
import { Field, Input } from '@/components/ui/field';
import { useLive } from '@/components/ui/live';
import { Failed, FailedLine, Skeleton } from '@/components/ui/states';
import { addCustomer } from '@/lib/customers/actions';
import type { DiscoveredDatabase } from '@/lib/customers/model';
import { formatNumber } from '@/lib/words';

type Draft = { id: string; displayName: string; profiles: string; database: string; timeZone: string };
const empty: Draft = { id: '', displayName: '', profiles: '', database: '', timeZone: 'UTC' };

const fields: { key: keyof Draft; label: string; hint?: string; mono?: boolean }[] = [
  { key: 'id', label: 'Customer id', hint: 'As it is in the tables, such as alaska-air.', mono: true },
  { key: 'displayName', label: 'Display name' },
  { key: 'database', label: 'ClickHouse database', mono: true },
  { key: 'profiles', label: 'Profiles', hint: 'Separated by commas.', mono: true },
  { key: 'timeZone', label: 'Time zone', hint: 'The zone of its days, such as America/Los_Angeles.' },
];

/** Registers a customer that a person types in, or picks from the databases that hold both tables. */
export function AddCustomer({ onAdded }: { onAdded: () => void }) {
  const refusal = useRefusal('customers.manage');
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setOpen(true)} disabled={refusal !== null} title={refusal ?? undefined}>
        <Plus aria-hidden className="size-3.5" />
        Add customer
      </Button>
      <Dialog
        open={open}
        onOpenChange={setOpen}
        title="Add a customer"
        description="The console will read the customer’s two tables. Nothing is written to ClickHouse now."
        wide
      >
        <AddForm
          onAdded={() => {
            setOpen(false);
            onAdded();
          }}
        />
      </Dialog>
    </>
  );
}

/** The fields of a new customer, beside the databases that hold both tables. */
export function AddForm({ onAdded }: { onAdded: () => void }) {
  const [draft, setDraft] = useState(empty);
  const { change, pending, failure } = useChange();

  function submit(event: React.FormEvent) {
    event.preventDefault();
    const profiles = draft.profiles.split(',').map((one) => one.trim());
    change(() => addCustomer({ ...draft, profiles: profiles.filter(Boolean) }), onAdded);
  }

  return (
    <div className="grid gap-6 md:grid-cols-2">
      <form onSubmit={submit} className="flex flex-col gap-3">
        {fields.map(({ key, label, hint, mono }) => (
          <Field key={key} htmlFor={`customer-${key}`} label={label} hint={hint} error={failure?.fields?.[key]}>
            <Input
              id={`customer-${key}`}
              required
              value={draft[key]}
              onChange={(event) => setDraft({ ...draft, [key]: event.target.value })}
              className={mono ? 'font-mono' : undefined}
            />
          </Field>
        ))}
        {failure && !failure.fields && <FailedLine failure={failure} />}
        <Button type="submit" look="primary" disabled={pending}>
          {pending ? 'Adding' : 'Add customer'}
        </Button>
      </form>
      <Discovered
        onChoose={(found, customer) =>
          setDraft({
            id: customer.customerId,
            displayName: customer.customerId,
            profiles: customer.profiles.join(', '),
            database: found.database,
            timeZone: draft.timeZone,
          })
        }
      />
    </div>
  );
}

/** The customers of all databases that were found; those that can still be added come first. */
function candidatesOf(databases: DiscoveredDatabase[]) {
  return databases
    .flatMap((found) =>
      found.customers.map((customer) => ({
        found,
        customer,
        registered: found.registeredAs.includes(customer.customerId),
      })),
    )
    .sort((one, other) => Number(one.registered) - Number(other.registered));
}

function Discovered({
  onChoose,
}: {
  onChoose: (found: DiscoveredDatabase, customer: DiscoveredDatabase['customers'][number]) => void;
}) {
  const live = useLive<DiscoveredDatabase[]>({ url: reads.discover() });
  return (
    <section aria-label="Databases with both tables" className="flex min-w-0 flex-col gap-2">
      <h3 className="font-medium text-muted text-xs">Databases that hold both tables</h3>
      {live.failure && <Failed what="The databases could not be read" failure={live.failure} retry={live} />}
      {!live.data && !live.failure && <Skeleton className="h-24" />}
      {live.data?.length === 0 && <p className="text-muted text-sm">None was found.</p>}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and none of its buttons may be enabled */}
      <ul tabIndex={0} className="flex max-h-96 flex-col gap-1 overflow-y-auto">
        {candidatesOf(live.data ?? []).map(({ found, customer, registered }) => (
          <li key={`${found.database} ${customer.customerId}`}>
            <button
              type="button"
              disabled={registered}
              onClick={() => onChoose(found, customer)}
              className="flex w-full flex-col rounded-md border border-line px-3 py-2 text-left text-sm enabled:hover:bg-raised"
            >
              <span className="font-mono text-xs">{customer.customerId}</span>
              <span className="text-muted text-xs">
                {found.database} · about {formatNumber(customer.conversations)} conversations ·{' '}
                {customer.profiles.join(', ')}
                {registered && ' · already registered'}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
