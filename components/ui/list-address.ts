'use client';

import { useMemo } from 'react';
import { type Options, useQueryStates } from './address';
import { parseAsInteger, parseAsString } from './address-parsers';

export type Filters<Name extends string> = Record<Name, string | null>;
export type OnFilter<Name extends string> = (change: Partial<Filters<Name>>, options?: { typing: boolean }) => void;

type Address<Name extends string> = Filters<Name> & { page: number | null; open: string | null };
type SetAddress<Name extends string> = (change: Partial<Address<Name>>, options?: Options) => void;

const typing: Options = { history: 'replace', throttleMs: 300 };

/**
 * The filters of a list, its page and the row whose panel is open, all of them in the address. A changed filter begins at
 * the first page. What is typed replaces the address; each other change can be gone back from. `names` must not change.
 */
export function useListAddress<Name extends string>(names: readonly Name[], pageParam = 'page') {
  const texts = Object.fromEntries([...names, 'open'].map((name) => [name, parseAsString]));
  const [address, set] = useQueryStates(
    { ...texts, page: parseAsInteger },
    { history: 'push', urlKeys: { page: pageParam } },
  ) as unknown as [Address<Name>, SetAddress<Name>];
  const filters = useMemo(
    () => Object.fromEntries(names.map((name) => [name, address[name]])) as unknown as Filters<Name>,
    [names, address],
  );
  const changes = useMemo(() => {
    const onFilter: OnFilter<Name> = (change, options) =>
      void set({ ...change, page: null } as Partial<Address<Name>>, options?.typing ? typing : undefined);
    return {
      onFilter,
      clear: () => onFilter(Object.fromEntries(names.map((name) => [name, null])) as Filters<Name>),
      turn: (to: number | null) => void set({ page: to } as Partial<Address<Name>>),
      show: (id: string | null) => void set({ open: id } as Partial<Address<Name>>),
    };
  }, [names, set]);
  return {
    filters,
    isNarrowed: names.some((name) => address[name] !== null),
    page: address.page,
    open: address.open,
    ...changes,
  };
}
