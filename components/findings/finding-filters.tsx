'use client';

import { usePerson } from '@/components/auth/person';
import { ChoiceFilter, FilterBar, SearchFilter, SetFilters } from '@/components/ui/filters';
import type { Filters, OnFilter } from '@/components/ui/list-address';
import { flagFacts, flagNames } from '@/lib/detection/flags';
import { findingStates, openStates } from '@/lib/findings/history/model';
import type { MissList } from '@/lib/findings/misses/model';
import type { FindingCounts } from '@/lib/findings/model';
import { formatNumber } from '@/lib/words';

export const findingFilters = ['q', 'state', 'customer', 'day', 'flag', 'muted', 'owner', 'misses'] as const;
export type FindingFilter = (typeof findingFilters)[number];

/** The filters of the list; the server applies them. */
export function FindingFilters({
  filters,
  counts,
  owners,
  misses,
  onFilter,
}: {
  filters: Filters<FindingFilter>;
  counts: FindingCounts;
  owners: readonly string[];
  misses: Pick<MissList, 'open' | 'all'>;
  onFilter: OnFilter<FindingFilter>;
}) {
  const { name } = usePerson();
  const of = { filters, onFilter };
  const open = openStates.reduce((sum, state) => sum + counts[state], 0);
  const all = findingStates.reduce((sum, state) => sum + counts[state], 0);
  return (
    <FilterBar>
      <SearchFilter name="q" label="Search findings" placeholder="Customer, day, owner, note" {...of} />
      <ChoiceFilter
        name="state"
        label="State"
        any={`Wrong now (${formatNumber(open)})`}
        options={[
          ...findingStates.map((state) => [state, `${state} (${formatNumber(counts[state])})`] as const),
          ['all', `Any state (${formatNumber(all)})`],
        ]}
        {...of}
      />
      <ChoiceFilter
        name="flag"
        label="What is wrong"
        any="Anything wrong"
        options={flagNames.map((flag) => [flag, flagFacts[flag].word] as const)}
        {...of}
      />
      <ChoiceFilter
        name="owner"
        label="Owner"
        any="Any owner"
        className="w-40"
        options={[[name, 'Mine'], ['nobody', 'Nobody’s'], ...owners.filter((owner) => owner !== name)]}
        {...of}
      />
      <ChoiceFilter
        name="muted"
        label="Muted"
        any="Muted or not"
        options={[
          ['no', 'Not muted'],
          ['yes', 'Muted'],
        ]}
        {...of}
      />
      {misses.all > 0 && (
        <ChoiceFilter
          name="misses"
          label="Missed by increments"
          any={`Open misses (${formatNumber(misses.open)})`}
          options={[['all', `All misses (${formatNumber(misses.all)})`]]}
          {...of}
        />
      )}
      <SetFilters names={['customer', 'day']} {...of} />
    </FilterBar>
  );
}
