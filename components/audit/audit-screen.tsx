'use client';

import dynamic from 'next/dynamic';
import { useMemo, useState } from 'react';
import { reads, routes } from '@/components/routes';
import { Button, ButtonLink } from '@/components/ui/button';
import { DataTable } from '@/components/ui/data-table';
import { Dialog } from '@/components/ui/dialog';
import { Heading } from '@/components/ui/heading';
import { useListAddress } from '@/components/ui/list-address';
import { Freshness, LastKnown, useLive } from '@/components/ui/live';
import { LiveScreen } from '@/components/ui/live-screen';
import { Empty } from '@/components/ui/states';
import { TimesIn } from '@/components/ui/time';
import type { AuditEntry } from '@/lib/audit/model';
import type { Result } from '@/lib/edge/model';
import { auditColumns } from './audit-columns';
import { AuditFilters, auditFilters } from './audit-filters';

const VerifyChain = dynamic(() => import('./verify-chain').then((module) => module.VerifyChain), { ssr: false });
const auditRows = 100;

/** Who did what, when, to what and why; newest first. */
export function AuditScreen({ initial }: { initial: Result<AuditEntry[]> }) {
  const { filters, page: before, isNarrowed, onFilter, turn } = useListAddress(auditFilters, 'before');
  const live = useLive<AuditEntry[]>({ url: reads.audit({ ...filters, before }), initial, everyMs: 10_000 });
  const [verifying, setVerifying] = useState(false);
  const columns = useMemo(() => auditColumns(onFilter), [onFilter]);
  return (
    <>
      <Heading
        title="Audit"
        verdict={
          <span className="text-muted">
            Every change and every refusal, with the person behind it. No entry can be edited here, and the chain shows
            whether one was edited elsewhere.
          </span>
        }
        meta={
          <>
            <TimesIn timeZone="UTC" />
            <Freshness live={live} />
          </>
        }
        actions={
          <>
            <ButtonLink href={routes.rowHistory({})}>Deleted label rows</ButtonLink>
            <Button onClick={() => setVerifying(true)}>Verify the chain</Button>
          </>
        }
      />
      <Dialog
        open={verifying}
        onOpenChange={setVerifying}
        title="The chain of the audit"
        description="Each row is checked against its hash and the row before it."
      >
        <VerifyChain />
      </Dialog>
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
