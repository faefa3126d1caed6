'use client';

import { useState } from 'react';
import { Section } from '@/components/ui/heading';
import { ReasonForm } from '@/components/ui/reason-form';
import { setCustomerState } from '@/lib/customers/actions';
import {
  type CustomerStateName,
  type CustomerUse,
  effectsOfStop,
  type StoredCustomer,
  whyNotNow,
} from '@/lib/customers/state-model';
import { Effects } from './effects';

const verbs = { active: 'Resume', paused: 'Pause', retired: 'Retire' } as const;
const choices: Record<CustomerStateName, CustomerStateName[]> = {
  active: ['paused', 'retired'],
  paused: ['active', 'retired'],
  retired: ['active'],
};

/** Pauses, resumes or retires a customer: first what it means, then the reason. */
export function StateForm({
  customer,
  use,
  onDone,
}: {
  customer: StoredCustomer;
  use: CustomerUse;
  onDone: () => void;
}) {
  const open = choices[customer.state];
  const [chosen, setChosen] = useState<CustomerStateName>(open[0] ?? 'active');
  const refused = chosen === 'retired' ? whyNotNow(use, 'retire') : null;
  const sentences =
    chosen === 'active'
      ? ['The schedule looks at it in its next round.', 'Repairs of it can be planned and started again.']
      : effectsOfStop(use, chosen);
  return (
    <Section title={open.map((state) => verbs[state]).join(' or ')}>
      {customer.state !== 'active' && (
        <p className="text-muted text-sm">
          It is {customer.state}
          {customer.stateReason && `: ${customer.stateReason}`} ({customer.changedBy}).
        </p>
      )}
      {open.length > 1 && (
        <fieldset className="flex gap-4 text-sm">
          <legend className="sr-only">What to do</legend>
          {open.map((state) => (
            <label key={state} className="flex items-center gap-1.5">
              <input
                type="radio"
                name="customer-state"
                checked={chosen === state}
                onChange={() => setChosen(state)}
                className="accent-accent"
              />
              {verbs[state]}
            </label>
          ))}
        </fieldset>
      )}
      <Effects title="What this means" sentences={refused ? [refused] : sentences} />
      {!refused && (
        <ReasonForm
          onDone={onDone}
          actions={[
            {
              verb: `${verbs[chosen]} ${customer.id}`,
              look: chosen === 'retired' ? 'danger' : 'secondary',
              act: (reason) =>
                setCustomerState({ customerId: customer.id, version: customer.version, state: chosen, reason }),
            },
          ]}
        />
      )}
    </Section>
  );
}
