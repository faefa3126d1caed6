import type { Context } from '@/lib/context';
import { type FindingState, findingStates, isOpen, openStates } from './history/model';
import { listMisses } from './misses/list-misses';
import { type FindingCounts, type FindingsPage, FindingsQuery } from './model';
import { countFiltered, selectFindings, selectFindingsRevision, selectOwners } from './sql/list';

type Ctx = Pick<Context, 'db' | 'clock'>;

/** A page of the findings of a filter, with the number of findings of each state, and what increments missed. */
export async function listFindings({ db, clock }: Ctx, input: FindingsQuery = {}): Promise<FindingsPage> {
  const query = FindingsQuery.parse(input);
  const { states, ...filter } = findingFilterOf(query, clock.now());
  const { customerId, day, search } = filter;
  const openOnly = query.misses === 'open';
  const [rows, counted, owners, misses] = await Promise.all([
    db.query(selectFindings, {
      ...filter,
      states,
      sort: query.sort,
      direction: query.descending ? -1 : 1,
      rowsMax: query.rowsMax,
      offset: query.offset,
    }),
    db.query(countFiltered, filter),
    db.query(selectOwners),
    listMisses({ db }, { customerId, day, search, openOnly }),
  ]);
  const of = (state: FindingState) => counted.find((row) => row.state === state);
  const counts = Object.fromEntries(findingStates.map((state) => [state, of(state)?.findings ?? 0]));
  const mutedOpen = counted.filter(({ state }) => isOpen(state)).reduce((sum, row) => sum + row.muted, 0);
  const total = states.reduce((sum, state) => sum + (of(state)?.findings ?? 0), 0);
  return {
    rows,
    total,
    page: { at: Math.floor(query.offset / query.rowsMax), of: Math.ceil(total / query.rowsMax) },
    counts: { ...(counts as Record<FindingState, number>), mutedOpen } satisfies FindingCounts,
    owners,
    misses,
  };
}

/** The filter of a query as the statements take it. */
export const findingFilterOf = (query: ReturnType<typeof FindingsQuery.parse>, nowMs: number) => ({
  states: [...statesOf(query.state)],
  customerId: query.customerId ?? null,
  day: query.day ?? null,
  flag: query.flag ?? null,
  muted: query.muted === 'all' ? null : query.muted === 'yes',
  owner: query.owner ?? null,
  search: query.search || null,
  now: new Date(nowMs),
});

const statesOf = (state: ReturnType<typeof FindingsQuery.parse>['state']): readonly FindingState[] =>
  state === 'open' ? openStates : state === 'all' ? findingStates : [state];

/** Moves with every change that a list of findings shows, for polls. */
export async function findingsRevision({ db, clock }: Ctx): Promise<string> {
  const [revision = ''] = await db.query(selectFindingsRevision, { now: new Date(clock.now()) });
  return revision;
}
