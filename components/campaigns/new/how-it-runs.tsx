import { Field, Input, Select } from '@/components/ui/field';
import { Section } from '@/components/ui/heading';
import type { AffectedCustomer } from '@/lib/detection/view/summary-model';
import { agree, count } from '@/lib/words';
import type { CampaignParams } from './request';

type OnChange = (params: Partial<CampaignParams>) => void;

/** Order, pace and limits: in one sentence, and the fields that change them. */
export function HowItRuns({
  params,
  matching,
  faults,
  onChange,
}: {
  params: CampaignParams;
  matching: AffectedCustomer[];
  faults: Record<string, string>;
  onChange: OnChange;
}) {
  const number = (key: 'concurrency' | 'budget' | 'growth', [min, max]: [number, number]) => (
    <Input
      id={`campaign-${key}`}
      type="number"
      min={min}
      max={max}
      value={params[key]}
      onChange={(event) => onChange({ [key]: event.target.valueAsNumber || 0 })}
      className="w-28"
    />
  );
  return (
    <Section title="How it runs">
      <p className="text-sm">{sentenceOf(params)}</p>
      <Change what="how it runs">
        <div className="grid gap-4 rounded-lg border border-line bg-surface p-4 sm:grid-cols-2">
          <Field
            htmlFor="campaign-canary"
            label="Canary"
            hint="This customer is repaired first. If it is not verified, no other is touched."
            error={faults.canary}
          >
            <Select
              id="campaign-canary"
              value={params.canary ?? ''}
              onChange={(event) => onChange({ canary: event.target.value || null })}
            >
              <option value="">The one with the fewest label rows</option>
              {matching.map(({ customerId, displayName }) => (
                <option key={customerId} value={customerId}>
                  {displayName}
                </option>
              ))}
            </Select>
          </Field>
          <Field
            htmlFor="campaign-waves"
            label="Customers in each wave"
            hint="After the canary. The last size is repeated until every customer had its turn."
            error={faults.waves}
          >
            <Input
              id="campaign-waves"
              value={params.waves}
              onChange={(event) => onChange({ waves: event.target.value })}
              className="w-28"
            />
          </Field>
          <Field
            htmlFor="campaign-concurrency"
            label="Customers at a time"
            hint="How many customers are repaired at the same time, 1 to 16."
            error={faults.concurrency}
          >
            {number('concurrency', [1, 16])}
          </Field>
          <Field
            htmlFor="campaign-budget"
            label="Failure budget"
            hint="The campaign stops when more customers than this are not repaired."
            error={faults.failureBudget}
          >
            {number('budget', [0, 500])}
          </Field>
          <Field
            htmlFor="campaign-growth"
            label="Growth, percent"
            hint="When its turn comes, a customer that would lose more label rows than planned by more than this is set aside."
            error={faults.growthPercent}
          >
            {number('growth', [0, 100])}
          </Field>
          <fieldset className="flex flex-col gap-1.5">
            <legend className="mb-1 font-medium text-muted text-xs">Hours</legend>
            <label className="flex items-center gap-2 text-sm">
              <input
                type="checkbox"
                className="accent-accent"
                checked={params.hours}
                onChange={(event) =>
                  onChange({
                    hours: event.target.checked,
                    zone: event.target.checked ? Intl.DateTimeFormat().resolvedOptions().timeZone : null,
                  } as Partial<CampaignParams>)
                }
              />
              Begin units only in these hours
            </label>
            {params.hours && (
              <span className="flex flex-wrap items-center gap-1.5 text-sm">
                <Input
                  type="time"
                  aria-label="From"
                  value={params.begin}
                  onChange={(event) => onChange({ begin: event.target.value })}
                />
                to
                <Input
                  type="time"
                  aria-label="To"
                  value={params.end}
                  onChange={(event) => onChange({ end: event.target.value })}
                />
                <Input
                  aria-label="Time zone"
                  value={params.zone}
                  onChange={(event) => onChange({ zone: event.target.value })}
                  className="w-44"
                />
              </span>
            )}
            {faults.window && <span className="text-attention text-xs">{faults.window}</span>}
          </fieldset>
        </div>
      </Change>
    </Section>
  );
}

/** Fields that have a good default: folded until a person wants to change them. */
export function Change({ what, children }: { what: string; children: React.ReactNode }) {
  return (
    <details>
      <summary className="w-fit cursor-pointer text-muted text-sm underline">Change {what}</summary>
      <div className="mt-3 flex flex-col gap-5">{children}</div>
    </details>
  );
}

function sentenceOf({ canary, waves, concurrency, budget, hours, begin, end, zone }: CampaignParams): string {
  return [
    `First ${canary ?? 'the customer with the fewest label rows'} as the canary, then the others in waves of ${waves.trim().replace(/\s*,\s*/g, ', then ')}, with ${count(concurrency, 'customer')} at a time.`,
    budget > 0
      ? `It stops when more than ${count(budget, 'customer')} ${agree(budget, 'is', 'are')} not repaired.`
      : 'It stops when one customer is not repaired.',
    hours ? `Units begin between ${begin} and ${end}, ${zone}.` : 'It runs at any hour.',
  ].join(' ');
}
