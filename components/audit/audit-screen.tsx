'use client';

import { parseAsInteger, parseAsString, useQueryStates } from 'nuqs';
import { reads } from '@/components/routes';
import { Button } from '@/components/ui/button';
import { Heading } from '@/components/ui/heading';
import { Freshness, LastKnown, useLive } from '@/components/ui/live';
import { Scroller } from '@/components/ui/scroller';
import { Empty, Failed, PageSkeleton } from '@/components/ui/states';
import type { AuditEntry } from '@/lib/audit/model';
import type { Result } from '@/lib/server/model';
import { AuditFilters } from './audit-filters';
import { AuditRow } from './audit-row';

const head = 'h-8 whitespace-nowrap px-3 text-left font-medium';
export const auditRows = 100;
const text = parseAsString;

/** Who did what, when, to whom, why; newest first. */
export function AuditScreen({ initial }: { initial: Result<AuditEntry[]> }) {
  const [{ before, ...filters }, setParams] = useQueryStates(
    {
      customer: text,
      actor: text,
      action: text,
      result: text,
      run: text,
      since: text,
      until: text,
      day: text,
      q: text,
      before: parseAsInteger,
    },
    { history: 'push' },
  );
  const live = useLive<AuditEntry[]>({ url: reads.audit({ ...filters, before }), initial, everyMs: 10_000 });
  const narrowed = before !== null || Object.values(filters).some((value) => value !== null);
  const last = live.data?.at(-1);
  return (
    <>
      <Heading
        title="Audit"
        verdict={
          <span className="text-muted">
            Every change and refusal, and who made it. Rows are chained; the console may not change them.
          </span>
        }
        meta={
          <>
            <span>Times in UTC</span>
            <Freshness live={live} />
          </>
        }
      />
      <AuditFilters
        filters={filters}
        onChange={(change, { typing } = { typing: false }) =>
          setParams({ ...change, before: null }, { history: typing ? 'replace' : 'push' })
        }
      />
      {!live.data && live.failure && <Failed what="The audit could not be read" failure={live.failure} />}
      {!live.data && !live.failure && <PageSkeleton />}
      {live.data && (
        <LastKnown lost={live.lost} className="flex flex-col gap-3">
          {live.data.length === 0 ? (
            <Empty title={narrowed ? 'Nothing matches' : 'Nothing was done yet'} />
          ) : (
            <Scroller>
              <table className="w-full border-collapse text-sm">
                <caption className="sr-only">Audit, newest first</caption>
                <thead className="border-line border-b bg-raised/60 text-muted text-xs">
                  <tr>
                    {['When', 'Who', 'Action', 'Scope', 'What', 'Reason', 'Request'].map((name) => (
                      <th key={name} scope="col" className={head}>
                        {name}
                      </th>
                    ))}
                  </tr>
                </thead>
                <tbody>
                  {live.data.map((entry) => (
                    <AuditRow
                      key={entry.id}
                      entry={entry}
                      onFilter={(change) => setParams({ ...change, before: null })}
                    />
                  ))}
                </tbody>
              </table>
            </Scroller>
          )}
          <div className="flex justify-between">
            {before ? <Button onClick={() => setParams({ before: null })}>Newest</Button> : <span />}
            {live.data.length === auditRows && last && (
              <Button onClick={() => setParams({ before: last.id })}>Older</Button>
            )}
          </div>
        </LastKnown>
      )}
    </>
  );
}
