'use client';

import dynamic from 'next/dynamic';
import { useMemo } from 'react';
import { reads } from '@/components/routes';
import { WatchTabs } from '@/components/shell/place-tabs';
import { useQueryState } from '@/components/ui/address';
import { parseAsString } from '@/components/ui/address-parsers';
import { Mark } from '@/components/ui/badge';
import { DataTable } from '@/components/ui/data-table';
import { Dialog } from '@/components/ui/dialog';
import { FileLinks } from '@/components/ui/file-links';
import { Heading } from '@/components/ui/heading';
import { type Filters, useListAddress } from '@/components/ui/list-address';
import { Freshness, LastKnown, useLive } from '@/components/ui/live';
import { LiveScreen } from '@/components/ui/live-screen';
import { Pages } from '@/components/ui/pages';
import { Empty } from '@/components/ui/states';
import type { Result } from '@/lib/edge/model';
import { openStates } from '@/lib/findings/history/model';
import type { FindingCounts, FindingsPage } from '@/lib/findings/model';
import { agree, count, formatNumber } from '@/lib/words';
import { findingColumns } from './finding-columns';
import { type FindingFilter, FindingFilters, findingFilters } from './finding-filters';
import { listAddressOf } from './list-address';
import { MissList } from './misses/miss-list';

const FindingPanel = dynamic(() => import('./finding-panel').then((module) => module.FindingPanel), { ssr: false });

/** The findings of every customer, newest first, searched, filtered, sorted and paged by the server. */
export function FindingsScreen({ initial }: { initial: Result<FindingsPage> }) {
  const { filters, page, open, onFilter, clear, turn, show } = useListAddress(findingFilters);
  const [sort] = useQueryState('sort', parseAsString);
  const live = useLive<FindingsPage>({
    url: reads.findings(listAddressOf({ ...filters, sort, page })),
    initial,
    everyMs: 5_000,
  });
  const columns = useMemo(() => findingColumns(show), [show]);
  return (
    <>
      <WatchTabs />
      <LiveScreen live={live} what="The findings could not be read" stillWorks="Scans and runs continue.">
        {({ rows, total, page: shown, counts, owners, misses }) => (
          <>
            <Heading
              title="Findings"
              verdict={<Verdict counts={counts} narrowed={isNarrowed(filters)} />}
              meta={
                <>
                  <span>{whatAFindingIs}</span>
                  <Freshness live={live} />
                </>
              }
            />
            <FindingFilters filters={filters} counts={counts} owners={owners} misses={misses} onFilter={onFilter} />
            <LastKnown lost={live.lost} className="flex flex-col gap-3">
              <MissList misses={misses} showsAll={filters.misses === 'all'} />
              {rows.length === 0 ? (
                <None filters={filters} counts={counts} onClear={clear} />
              ) : (
                <DataTable
                  caption="Findings"
                  columns={columns}
                  rows={rows}
                  rowKey={(one) => one.id}
                  defaultSort="-since"
                  onSorted={() => turn(null)}
                  rowClass={() => '[&>td]:align-top'}
                />
              )}
              <div className="flex flex-wrap items-center justify-between gap-3 text-muted text-sm">
                <span className="flex flex-wrap gap-3">
                  {count(total, 'finding')}
                  {total > 0 && (
                    <FileLinks
                      what="findings"
                      file={(format) =>
                        reads.file('findings', { ...listAddressOf({ ...filters, sort: null, page: null }), format })
                      }
                    />
                  )}
                </span>
                <Pages label="Pages of findings" page={shown} onTurn={(at) => turn(at === 0 ? null : at + 1)} />
              </div>
            </LastKnown>
          </>
        )}
      </LiveScreen>
      <Dialog kind="panel" open={open !== null} onOpenChange={(shown) => !shown && show(null)} title="Finding">
        {open && <FindingPanel findingId={open} onChanged={live.refresh} />}
      </Dialog>
    </>
  );
}

const whatAFindingIs = 'A finding is one customer’s day with wrong labels; it is kept after its repair';

/** Whether a filter of findings besides the state is set. */
const isNarrowed = ({ state: _, misses: __, ...others }: Filters<FindingFilter>) =>
  Object.values(others).some((value) => value !== null);

function None({
  filters,
  counts,
  onClear,
}: {
  filters: Filters<FindingFilter>;
  counts: FindingCounts;
  onClear: () => void;
}) {
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
    <Empty title="No counted day is wrong now">
      Days that were not counted are not in this list.{' '}
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
