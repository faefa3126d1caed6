'use client';

import { parseAsInteger, parseAsString, useQueryStates } from 'nuqs';
import { useMemo } from 'react';
import { reads } from '@/components/routes';
import { Button } from '@/components/ui/button';
import { DataTable } from '@/components/ui/data-table';
import { Heading } from '@/components/ui/heading';
import { Freshness, LastKnown, useLive } from '@/components/ui/live';
import { Empty, Failed, PageSkeleton } from '@/components/ui/states';
import type { AuditEntry } from '@/lib/audit/model';
import type { Result } from '@/lib/edge/model';
import { auditColumns } from './audit-columns';
import { AuditFilters } from './audit-filters';

const auditRows = 100;
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
  const columns = useMemo(() => auditColumns((change) => void setParams({ ...change, before: null })), [setParams]);
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
      {!live.data && live.failure && <Failed what="The audit could not be read" failure={live.failure} retry={live} />}
      {!live.data && !live.failure && <PageSkeleton />}
      {live.data && (
        <LastKnown lost={live.lost} className="flex flex-col gap-3">
          {live.data.length === 0 ? (
            <Empty title={narrowed ? 'Nothing matches' : 'Nothing was done yet'} />
          ) : (
            <DataTable
              caption="Audit, newest first"
              columns={columns}
              rows={live.data}
              rowKey={(entry) => String(entry.id)}
              defaultSort=""
              rowClass={() => '[&>td]:align-top'}
            />
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
