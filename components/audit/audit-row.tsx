'use client';

import Link from 'next/link';
import { routes } from '@/components/routes';
import { cn } from '@/components/ui/cn';
import { Id } from '@/components/ui/copy';
import { Instant } from '@/components/ui/time';
import type { AuditEntry } from '@/lib/audit/model';
import type { Filters } from './audit-filters';

const cell = 'px-3 py-2';

/** One row: who, what, which scope, why, by which plan, how it ended. */
export function AuditRow({ entry, onFilter }: { entry: AuditEntry; onFilter: (change: Partial<Filters>) => void }) {
  const { runId, customerId, fromDay, toDay } = entry;
  const detail = Object.entries({
    ...entry.detail,
    ...(entry.planHash !== null && { planHash: entry.planHash }),
    ...(entry.actorSubject !== null && { provedAs: entry.actorSubject }),
  });
  return (
    <tr className="border-line border-b align-top last:border-b-0 hover:bg-raised/60">
      <td className={cell}>
        <Instant ms={entry.atMs} />
        <span className="block text-muted text-xs" title={entry.hash ?? undefined}>
          {entry.seq === null ? 'outside the chain' : `No. ${entry.seq}`}
        </span>
      </td>
      <td className={cell}>
        <button
          type="button"
          onClick={() => onFilter({ actor: entry.actor })}
          className="max-w-48 truncate hover:underline"
        >
          {entry.actor}
        </button>
        <span className="block text-muted text-xs">
          {entry.role}, {entry.via}
        </span>
      </td>
      <td className={cell}>
        <button
          type="button"
          onClick={() => onFilter({ action: entry.action })}
          className="font-mono text-xs hover:underline"
        >
          {entry.action}
        </button>
        <span className={cn('block text-xs', entry.result === 'done' ? 'text-muted' : 'text-attention')}>
          {entry.result}
        </span>
      </td>
      <td className={cell}>
        {customerId && (
          <button
            type="button"
            onClick={() => onFilter({ customer: customerId })}
            className="whitespace-nowrap font-mono text-xs hover:underline"
          >
            {customerId}
          </button>
        )}
        {fromDay && toDay && (
          <span className="block whitespace-nowrap text-muted text-xs">
            {fromDay} up to {toDay}
          </span>
        )}
      </td>
      <td className={cn(cell, 'min-w-48 break-words')}>
        {runId ? (
          <Link href={routes.run(runId)} className="underline" data-row-link>
            {entry.subject}
          </Link>
        ) : (
          entry.subject
        )}
        {detail.length > 0 && (
          <details className="text-muted text-xs">
            <summary>{detail.map(([key]) => key).join(', ')}</summary>
            <pre className="mt-1 max-w-96 overflow-x-auto whitespace-pre-wrap break-all font-mono">
              {JSON.stringify(Object.fromEntries(detail), null, 1)}
            </pre>
          </details>
        )}
      </td>
      <td className={cn(cell, 'min-w-32 break-words')}>{entry.reason ?? <span className="text-muted">–</span>}</td>
      <td className={cell}>
        <Id value={entry.requestId} length={10} />
      </td>
    </tr>
  );
}
