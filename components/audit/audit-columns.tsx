'use client';

import Link from 'next/link';
import { routes } from '@/components/routes';
import { ReasonText } from '@/components/tickets/reason-text';
import { cn } from '@/components/ui/cn';
import { Id } from '@/components/ui/copy';
import type { Column } from '@/components/ui/data-table';
import { DataText } from '@/components/ui/data-text';
import type { OnFilter } from '@/components/ui/list-address';
import { Instant } from '@/components/ui/time';
import type { AuditEntry } from '@/lib/audit/model';
import type { AuditFilter } from './audit-filters';

type Narrow = OnFilter<AuditFilter>;

/** Who did what, in which scope, why and with which result. A narrow window shows the same in two columns. */
export function auditColumns(narrow: Narrow): Column<AuditEntry>[] {
  const who = (entry: AuditEntry) => <Who entry={entry} narrow={narrow} />;
  const scope = (entry: AuditEntry) => <Scope entry={entry} narrow={narrow} />;
  const action = (entry: AuditEntry) => <Action entry={entry} narrow={narrow} />;
  return [
    {
      id: 'when',
      header: 'When',
      cell: (entry) => (
        <>
          <Instant ms={entry.atMs} />
          <span className="block text-muted text-xs" title={entry.hash ?? undefined}>
            {entry.seq === null ? 'outside the chain' : `No. ${entry.seq}`}
          </span>
          <div className="mt-1.5 lg:hidden">{who(entry)}</div>
        </>
      ),
    },
    { id: 'who', header: 'Who', from: 'lg', cell: who },
    { id: 'action', header: 'Action', from: 'lg', cell: action },
    { id: 'scope', header: 'Scope', from: 'lg', cell: scope },
    {
      id: 'what',
      header: 'What',
      className: 'lg:min-w-48',
      cell: (entry) => (
        <div className="flex flex-col gap-1.5 [overflow-wrap:anywhere]">
          <div className="lg:hidden">{action(entry)}</div>
          {entry.customerId && <div className="lg:hidden">{scope(entry)}</div>}
          <What entry={entry} />
          {entry.reason && (
            <p className="lg:hidden">
              <ReasonText>{entry.reason}</ReasonText>
            </p>
          )}
        </div>
      ),
    },
    {
      id: 'reason',
      header: 'Reason',
      from: 'lg',
      className: 'min-w-32 [overflow-wrap:anywhere]',
      cell: (entry) => (entry.reason ? <ReasonText>{entry.reason}</ReasonText> : <span className="text-muted">–</span>),
    },
    { id: 'request', header: 'Request', from: 'lg', cell: (entry) => <Id value={entry.requestId} length={10} /> },
  ];
}

function Who({ entry, narrow }: { entry: AuditEntry; narrow: Narrow }) {
  return (
    <>
      <button
        type="button"
        onClick={() => narrow({ actor: entry.actor })}
        className="max-w-48 text-left [overflow-wrap:anywhere] hover:underline"
      >
        {entry.actor}
      </button>
      <span className="block text-muted text-xs">
        {entry.role}, {entry.via}
      </span>
    </>
  );
}

function Action({ entry, narrow }: { entry: AuditEntry; narrow: Narrow }) {
  return (
    <>
      <button
        type="button"
        onClick={() => narrow({ action: entry.action })}
        className="font-mono text-xs hover:underline"
      >
        {entry.action}
      </button>
      <span className={cn('block text-xs', entry.result === 'done' ? 'text-muted' : 'text-attention')}>
        {entry.result}
      </span>
    </>
  );
}

function Scope({ entry: { customerId, fromDay, toDay }, narrow }: { entry: AuditEntry; narrow: Narrow }) {
  return (
    <>
      {customerId && (
        <button
          type="button"
          onClick={() => narrow({ customer: customerId })}
          className="text-left font-mono text-xs hover:underline"
        >
          {customerId}
        </button>
      )}
      {fromDay && toDay && (
        <span className="block text-muted text-xs">
          <span className="whitespace-nowrap">{fromDay}</span> up to <span className="whitespace-nowrap">{toDay}</span>
        </span>
      )}
    </>
  );
}

/** The page of an entry's run, approval or KILL. A refusal has none, since its subject is a sentence. */
function placeOf({ runId, action, subject, result }: AuditEntry) {
  if (runId) return routes.run(runId);
  if (result !== 'done') return null;
  if (action.startsWith('approval.')) return routes.approvals({ open: subject });
  return action.startsWith('mutation.kill') ? routes.mutations({ kill: subject }) : null;
}

function What({ entry }: { entry: AuditEntry }) {
  const detail = Object.entries({
    ...entry.detail,
    ...(entry.planHash !== null && { planHash: entry.planHash }),
    ...(entry.actorSubject !== null && { provedAs: entry.actorSubject }),
  });
  const place = placeOf(entry);
  return (
    <div>
      {place ? (
        <Link href={place} prefetch={false} className="underline" data-row-link>
          <DataText>{entry.subject}</DataText>
        </Link>
      ) : (
        <DataText>{entry.subject}</DataText>
      )}
      {detail.length > 0 && (
        <details className="text-muted text-xs">
          <summary data-row-link={place === null || undefined}>{detail.map(([key]) => key).join(', ')}</summary>
          <pre className="mt-1 max-w-96 overflow-x-auto whitespace-pre-wrap break-all font-mono">
            {JSON.stringify(Object.fromEntries(detail), null, 1)}
          </pre>
        </details>
      )}
    </div>
  );
}
