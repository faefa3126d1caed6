'use client';

import { bitsOf, type Flag, staleFlags } from '@/lib/detection/flags';
import type { CustomerSummary } from '@/lib/detection/view/summary-model';
import { formatNumber } from '@/lib/words';

const filters: { value: string; label: string; flags: Flag[] }[] = [
  { value: 'stale', label: 'Stale', flags: staleFlags },
  { value: 'duplicate', label: 'Duplicates', flags: ['duplicate'] },
  { value: 'missing', label: 'Missing', flags: ['missing'] },
  { value: 'orphan', label: 'Orphans', flags: ['orphan'] },
];

const toggle =
  'h-8 rounded-md border border-line px-2.5 text-muted text-sm hover:bg-raised aria-pressed:border-accent aria-pressed:bg-raised aria-pressed:font-medium aria-pressed:text-text';

/** The flags of a filter; none where the filter is unknown. */
export const flagsOfFilter = (value: string): Flag[] => filters.find((one) => one.value === value)?.flags ?? [];

/** Whether the customer has a conversation with such a flag. Every customer passes an unknown filter. */
export function hasFlag(customer: CustomerSummary, value: string): boolean {
  const flags = flagsOfFilter(value);
  return flags.length === 0 || (customer.flags & bitsOf(flags)) !== 0;
}

/** Shows only customers that have a certain flag. */
export function FlagFilter({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  return (
    <fieldset className="flex flex-wrap gap-1">
      <legend className="sr-only">Only customers with</legend>
      {filters.map((filter) => (
        <button
          key={filter.value}
          type="button"
          aria-pressed={value === filter.value}
          onClick={() => onChange(value === filter.value ? '' : filter.value)}
          className={toggle}
        >
          {filter.label}
        </button>
      ))}
    </fieldset>
  );
}

/** Shows only retired customers, which the list leaves out. */
export function RetiredFilter({
  count,
  pressed,
  onChange,
}: {
  count: number;
  pressed: boolean;
  onChange: (pressed: boolean) => void;
}) {
  return (
    <button type="button" aria-pressed={pressed} onClick={() => onChange(!pressed)} className={toggle}>
      Retired {formatNumber(count)}
    </button>
  );
}
