'use client';

import { parseAsInteger, parseAsString, useQueryStates } from 'nuqs';
import { useMemo } from 'react';
import { reads } from '@/components/routes';
import { WatchTabs } from '@/components/shell/place-tabs';
import { Mark } from '@/components/ui/badge';
import { DataTable } from '@/components/ui/data-table';
import { Dialog } from '@/components/ui/dialog';
import { Heading } from '@/components/ui/heading';
import { Freshness, LastKnown, useLive } from '@/components/ui/live';
import { LiveScreen } from '@/components/ui/live-screen';
import { Pages } from '@/components/ui/pages';
import { Empty } from '@/components/ui/states';
import type { Result } from '@/lib/edge/model';
import { openStates } from '@/lib/findings/history/model';
import { type FindingCounts, type FindingsPage, findingsOnPage } from '@/lib/findings/model';
import { agree, count, formatNumber } from '@/lib/words';
import { findingColumns } from './finding-columns';
import { type Filters, FindingFilters } from './finding-filters';
import { FindingPanel } from './finding-panel';
import { listAddressOf } from './list-address';
import { MissList } from './misses/miss-list';

const text = parseAsString;
const params = {
  q: text.withOptions({ throttleMs: 300 }),
  state: text,
  customer: text,
  day: text,
  flag: text,
  muted: text,
  owner: text,
  misses: text,
  sort: text,
  page: parseAsInteger.withDefault(1),
  open: text,
};

/** The findings of every customer, newest first, searched, filtered, sorted and paged by the server. */
export function FindingsScreen({ initial }: { initial: Result<FindingsPage> }) {
  const [{ open, page, sort, ...filters }, setParams] = useQueryStates(params, { history: 'push' });
  const live = useLive<FindingsPage>({
    url: reads.findings(listAddressOf({ ...filters, sort, page: page > 1 ? page : null })),
    initial,
    everyMs: 5_000,
  });
  const columns = useMemo(() => findingColumns((id) => void setParams({ open: id })), [setParams]);
  return (
    <>
      <WatchTabs />
      <LiveScreen live={live} what="The findings could not be read" stillWorks="Scans and runs continue.">
        {({ rows, total, counts, owners, misses }) => (
          <>
            <Heading
              title="Findings"
              verdict={<Verdict counts={counts} narrowed={isNarrowed(filters)} />}
              meta={<Freshness live={live} />}
            />
            <FindingFilters
              filters={filters}
              counts={counts}
              owners={owners}
              misses={misses}
              onChange={(change, { typing } = { typing: false }) =>
                setParams({ ...change, page: null }, { history: typing ? 'replace' : 'push' })
              }
            />
            <LastKnown lost={live.lost} className="flex flex-col gap-3">
              <MissList misses={misses} showsAll={filters.misses === 'all'} />
              {rows.length === 0 ? (
                <None filters={filters} counts={counts} onClear={() => setParams(cleared)} />
              ) : (
                <DataTable
                  caption="Findings"
                  columns={columns}
                  rows={rows}
                  rowKey={(one) => one.id}
                  defaultSort="-since"
                  onSorted={() => setParams({ page: null })}
                  rowClass={() => '[&>td]:align-top'}
                />
              )}
              <div className="flex flex-wrap items-center justify-between gap-3 text-muted text-sm">
                <span>{count(total, 'finding')}</span>
                <Pages
                  label="Pages of findings"
                  page={{ at: page - 1, of: Math.ceil(total / findingsOnPage) }}
                  onTurn={(at) => setParams({ page: at === 0 ? null : at + 1 })}
                />
              </div>
            </LastKnown>
          </>
        )}
      </LiveScreen>
      <Dialog
        kind="panel"
        open={open !== null}
        onOpenChange={(shown) => !shown && setParams({ open: null })}
        title="Finding"
      >
        {open && <FindingPanel findingId={open} onChanged={live.refresh} />}
      </Dialog>
    </>
  );
}

const cleared = {
  q: null,
  state: null,
  customer: null,
  day: null,
  flag: null,
  muted: null,
  owner: null,
  misses: null,
  page: null,
};

/** Whether a filter of findings besides the state is set. */
const isNarrowed = ({ state: _, misses: __, ...others }: Filters) =>
  Object.values(others).some((value) => value !== null);

function None({ filters, counts, onClear }: { filters: Filters; counts: FindingCounts; onClear: () => void }) {
  if (isNarrowed(filters) || filters.state !== null)
    return (
      <Empty title="No finding matches">
        <button type="button" className="underline" onClick={onClear}>
          Show all that are wrong now
        </button>
      </Empty>
    );
  const past = counts.repaired + counts['resolved by itself'];
  return (
    <Empty title="There is no open finding">
      A finding is a customer’s day with affected conversations. It is kept from the scan that saw it first, over its
      repair, to the end.{' '}
      {past > 0 && `${count(past, 'earlier finding')} ${agree(past, 'is', 'are')} in the other states.`}
    </Empty>
  );
}

function Verdict({ counts, narrowed }: { counts: FindingCounts; narrowed: boolean }) {
  const open = openStates.reduce((sum, state) => sum + counts[state], 0);
  const back = counts['fallen back'];
  if (open === 0)
    return (
      <span className="text-muted">
        {narrowed ? 'No day that matches is wrong now.' : 'No day that was counted is wrong now.'}
      </span>
    );
  return (
    <Mark tone={back > 0 ? 'attention' : 'stale'}>
      <span className="text-text">
        <span className="font-semibold">
          {count(open, 'day')} {narrowed && `that ${agree(open, 'matches', 'match')} `}
          {agree(open, 'is', 'are')} wrong now
        </span>
        {back > 0 && `, ${formatNumber(back)} of them again after a repair`}
        {counts.mutedOpen > 0 && `; ${formatNumber(counts.mutedOpen)} ${agree(counts.mutedOpen, 'is', 'are')} muted`}.
      </span>
    </Mark>
  );
}
