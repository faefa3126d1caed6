'use client';

import { useMemo } from 'react';
import { reads } from '@/components/routes';
import { Button } from '@/components/ui/button';
import { DataTable } from '@/components/ui/data-table';
import { Heading } from '@/components/ui/heading';
import { useListAddress } from '@/components/ui/list-address';
import { Freshness, LastKnown, useLive } from '@/components/ui/live';
import { LiveScreen } from '@/components/ui/live-screen';
import { Empty } from '@/components/ui/states';
import type { AuditEntry } from '@/lib/audit/model';
import type { Result } from '@/lib/edge/model';
import { auditColumns } from './audit-columns';
import { AuditFilters, auditFilters } from './audit-filters';

const auditRows = 100;

/** Who did what, when, to what and why; newest first. */
export function AuditScreen({ initial }: { initial: Result<AuditEntry[]> }) {
  const { filters, page: before, isNarrowed, onFilter, turn } = useListAddress(auditFilters, 'before');
  const live = useLive<AuditEntry[]>({ url: reads.audit({ ...filters, before }), initial, everyMs: 10_000 });
  const columns = useMemo(() => auditColumns(onFilter), [onFilter]);
  return (
    <>
      <Heading
        title="Audit"
        verdict={
          <span className="text-muted">
            Every change and every refusal, with the person behind it. Each row is chained to the one before, and the
            console has no right to change them.
          </span>
        }
        meta={
          <>
            <span>Times in UTC</span>
            <Freshness live={live} />
          </>
        }
      />
      <AuditFilters filters={filters} onFilter={onFilter} />
      <LiveScreen part live={live} what="The audit could not be read">
        {(entries) => (
          <LastKnown lost={live.lost} className="flex flex-col gap-3">
            {entries.length === 0 ? (
              <Empty title={isNarrowed || before !== null ? 'Nothing matches' : 'Nothing was done yet'} />
            ) : (
              <DataTable
                caption="Audit, newest first"
                columns={columns}
                rows={entries}
                rowKey={(entry) => String(entry.id)}
                defaultSort=""
                rowClass={() => '[&>td]:align-top'}
              />
            )}
            <div className="flex justify-between">
              {before ? <Button onClick={() => turn(null)}>Newest</Button> : <span />}
              {entries.length === auditRows && <Button onClick={() => turn(entries.at(-1)?.id ?? null)}>Older</Button>}
            </div>
          </LastKnown>
        )}
      </LiveScreen>
    </>
  );
}
