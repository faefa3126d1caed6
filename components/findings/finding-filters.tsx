'use client';

import { usePerson } from '@/components/auth/person';
import { Input, Select } from '@/components/ui/field';
import { flagFacts, flagNames } from '@/lib/detection/flags';
import { findingStates, openStates } from '@/lib/findings/history/model';
import type { MissList } from '@/lib/findings/misses/model';
import type { FindingCounts } from '@/lib/findings/model';
import { formatNumber } from '@/lib/words';

export type Filters = Record<'q' | 'state' | 'customer' | 'day' | 'flag' | 'muted' | 'owner' | 'misses', string | null>;

/** The filters of the list; the server applies them. */
export function FindingFilters({
  filters,
  counts,
  owners,
  misses,
  onChange,
}: {
  filters: Filters;
  counts: FindingCounts;
  owners: readonly string[];
  misses: Pick<MissList, 'open' | 'all'>;
  onChange: (change: Partial<Filters>, options?: { typing: boolean }) => void;
}) {
  const { name } = usePerson();
  const open = openStates.reduce((sum, state) => sum + counts[state], 0);
  const all = findingStates.reduce((sum, state) => sum + counts[state], 0);
  const others = owners.filter((owner) => owner !== name);
  return (
    <div className="flex flex-wrap items-center gap-2">
      <Input
        data-search
        type="search"
        aria-label="Search findings"
        placeholder="Customer, day, owner, note  /"
        value={filters.q ?? ''}
        maxLength={200}
        onChange={(event) => onChange({ q: event.target.value || null }, { typing: true })}
        className="w-64 max-sm:w-full"
      />
      <Select
        aria-label="State"
        value={filters.state ?? 'open'}
        onChange={(event) => onChange({ state: event.target.value === 'open' ? null : event.target.value })}
      >
        <option value="open">Wrong now ({formatNumber(open)})</option>
        {findingStates.map((state) => (
          <option key={state} value={state}>
            {state} ({formatNumber(counts[state])})
          </option>
        ))}
        <option value="all">Any state ({formatNumber(all)})</option>
      </Select>
      <Select
        aria-label="What is wrong"
        value={filters.flag ?? ''}
        onChange={(event) => onChange({ flag: event.target.value || null })}
      >
        <option value="">Anything wrong</option>
        {flagNames.map((flag) => (
          <option key={flag} value={flag}>
            {flagFacts[flag].word}
          </option>
        ))}
      </Select>
      <Select
        aria-label="Owner"
        className="w-40"
        value={filters.owner ?? ''}
        onChange={(event) => onChange({ owner: event.target.value || null })}
      >
        <option value="">Any owner</option>
        <option value={name}>Mine</option>
        <option value="nobody">Nobody’s</option>
        {others.map((owner) => (
          <option key={owner}>{owner}</option>
        ))}
      </Select>
      <Select
        aria-label="Muted"
        value={filters.muted ?? ''}
        onChange={(event) => onChange({ muted: event.target.value || null })}
      >
        <option value="">Muted or not</option>
        <option value="no">Not muted</option>
        <option value="yes">Muted</option>
      </Select>
      {misses.all > 0 && (
        <Select
          aria-label="Missed by increments"
          value={filters.misses ?? ''}
          onChange={(event) => onChange({ misses: event.target.value || null })}
        >
          <option value="">Open misses ({formatNumber(misses.open)})</option>
          <option value="all">All misses ({formatNumber(misses.all)})</option>
        </Select>
      )}
      {(['customer', 'day'] as const).map(
        (key) =>
          filters[key] && (
            <button
              key={key}
              type="button"
              onClick={() => onChange({ [key]: null })}
              className="h-8 max-w-64 truncate rounded-md border border-accent bg-raised px-2.5 text-sm"
            >
              {filters[key]} <span aria-hidden>×</span>
              <span className="sr-only">, remove this filter</span>
            </button>
          ),
      )}
    </div>
  );
}
