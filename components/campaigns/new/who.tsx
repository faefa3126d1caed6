import { useState } from 'react';
import { Choice } from '@/components/ui/choice';
import { Input } from '@/components/ui/field';
import { Section } from '@/components/ui/heading';
import { type Flag, flagFacts, flagNames } from '@/lib/detection/flags';
import type { AffectedCustomer } from '@/lib/detection/view/summary-model';
import { count } from '@/lib/words';
import type { CampaignParams } from './request';

type Chosen = Pick<CampaignParams, 'by' | 'customers' | 'flags'>;
type Change = (params: Partial<Chosen>) => void;

/** Which customers are repaired. */
export function Who({
  params,
  customers,
  fault,
  onChange,
}: {
  params: Chosen;
  customers: AffectedCustomer[];
  fault: string | undefined;
  onChange: Change;
}) {
  const choice = (by: CampaignParams['by'], title: string, sentence: string) => (
    <Choice group="by" value={by} title={title} chosen={params.by === by} onChoose={() => onChange({ by })}>
      {sentence}
    </Choice>
  );
  return (
    <Section title="Which customers">
      <fieldset className="flex flex-col gap-2">
        <legend className="sr-only">Which customers are repaired</legend>
        {choice(
          'all affected',
          'All affected',
          'Each registered customer with an affected conversation on these days.',
        )}
        {choice('flag', 'With a flag', 'Each customer with a conversation that has one of the flags you choose.')}
        {params.by === 'flag' && <Flags chosen={params.flags} onChange={(flags) => onChange({ flags })} />}
        {choice('name', 'By name', 'The customers you choose, and no other.')}
        {params.by === 'name' && (
          <Names
            customers={customers}
            chosen={params.customers}
            onChange={(chosen) => onChange({ customers: chosen })}
          />
        )}
      </fieldset>
      {fault && <p className="text-attention text-sm">{fault}</p>}
    </Section>
  );
}

const toggled = <T,>(chosen: readonly T[], one: T, on: boolean): T[] =>
  on ? [...chosen, one] : chosen.filter((other) => other !== one);

function Flags({ chosen, onChange }: { chosen: readonly Flag[]; onChange: (flags: Flag[]) => void }) {
  return (
    <ul className="ml-6 grid gap-1 sm:grid-cols-2">
      {flagNames.map((flag) => (
        <li key={flag}>
          <Box
            label={flagFacts[flag].word}
            note={flagFacts[flag].sentence}
            checked={chosen.includes(flag)}
            onCheck={(on) => onChange(toggled(chosen, flag, on))}
          />
        </li>
      ))}
    </ul>
  );
}

function Names({
  customers,
  chosen,
  onChange,
}: {
  customers: AffectedCustomer[];
  chosen: readonly string[];
  onChange: (customers: string[]) => void;
}) {
  const [text, setText] = useState('');
  const needle = text.trim().toLowerCase();
  const shown = customers
    .filter(({ customerId, displayName }) => `${customerId} ${displayName}`.toLowerCase().includes(needle))
    .map(({ days, ...customer }) => ({ ...customer, affected: days.reduce((total, day) => total + day.affected, 0) }))
    .sort((a, b) => b.affected - a.affected || a.displayName.localeCompare(b.displayName));
  return (
    <div className="ml-6 flex flex-col gap-2 rounded-lg border border-line bg-surface p-3">
      <div className="flex flex-wrap items-center gap-2">
        <Input
          type="search"
          aria-label="Search customers"
          placeholder="Search customers"
          value={text}
          onChange={(event) => setText(event.target.value)}
          className="w-56 max-sm:w-full"
        />
        <span className="text-muted text-sm">{count(chosen.length, 'customer')} chosen</span>
      </div>
      <ul className="flex max-h-64 flex-col gap-0.5 overflow-y-auto">
        {shown.map(({ customerId, displayName, affected }) => (
          <li key={customerId}>
            <Box
              label={displayName}
              note={`${customerId}, ${affected > 0 ? count(affected, 'affected conversation') : 'none affected as last counted'}`}
              checked={chosen.includes(customerId)}
              onCheck={(on) => onChange(toggled(chosen, customerId, on))}
            />
          </li>
        ))}
        {shown.length === 0 && <li className="text-muted text-sm">No customer matches.</li>}
      </ul>
    </div>
  );
}

function Box({
  label,
  note,
  checked,
  onCheck,
}: {
  label: string;
  note: string;
  checked: boolean;
  onCheck: (on: boolean) => void;
}) {
  return (
    <label className="flex cursor-pointer items-start gap-2 rounded-md px-1.5 py-1 text-sm hover:bg-raised">
      <input
        type="checkbox"
        className="mt-0.5 accent-accent"
        checked={checked}
        onChange={(event) => onCheck(event.target.checked)}
      />
      <span className="min-w-0">
        <span className="inline-block first-letter:uppercase">{label}</span>
        <span className="block text-muted text-xs">{note}</span>
      </span>
    </label>
  );
}
