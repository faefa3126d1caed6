'use client';

import Link from 'next/link';
import { parseAsInteger, parseAsString, useQueryStates } from 'nuqs';
import { reads, routes } from '@/components/routes';
import { Button } from '@/components/ui/button';
import { Id } from '@/components/ui/copy';
import { Input } from '@/components/ui/field';
import { Heading } from '@/components/ui/heading';
import { Freshness, LastKnown, useLive } from '@/components/ui/live';
import { Scroller } from '@/components/ui/scroller';
import { Empty, Failed, PageSkeleton } from '@/components/ui/states';
import { Instant } from '@/components/ui/time';
import type { AuditEntry } from '@/lib/audit/model';
import type { Result } from '@/lib/server/model';

const head = 'h-8 whitespace-nowrap px-3 text-left font-medium';
export const auditRows = 100;

/** Who did what, when, to whom, why; newest first. */
export function AuditScreen({ initial }: { initial: Result<AuditEntry[]> }) {
  const [params, setParams] = useQueryStates(
    { customer: parseAsString, action: parseAsString, before: parseAsInteger, q: parseAsString.withDefault('') },
    { history: 'push' },
  );
  const { customer, action, before, q } = params;
  const live = useLive<AuditEntry[]>({ url: reads.audit({ customer, action, before }), initial, everyMs: 10_000 });
  if (!live.data) {
    return live.failure ? <Failed what="The audit could not be read" failure={live.failure} /> : <PageSkeleton />;
  }
  const needle = q.trim().toLowerCase();
  const shown = live.data.filter((entry) =>
    `${entry.actor} ${entry.action} ${entry.subject} ${entry.reason ?? ''} ${entry.customerId ?? ''} ${entry.requestId}`
      .toLowerCase()
      .includes(needle),
  );
  const last = live.data.at(-1);
  return (
    <>
      <Heading
        title="Audit"
        verdict={
          <span className="text-muted">Every change and who made it, written in the change’s own transaction.</span>
        }
        meta={
          <>
            <span>Times in UTC</span>
            <Freshness live={live} />
          </>
        }
      />
      <div className="flex flex-wrap items-center gap-2">
        <Input
          data-search
          type="search"
          aria-label="Search the audit"
          placeholder="Person, action, reason  /"
          value={q}
          onChange={(event) => setParams({ q: event.target.value || null }, { history: 'replace' })}
          className="w-64 max-sm:w-full"
        />
        {(['customer', 'action'] as const).map(
          (key) =>
            params[key] && (
              <button
                key={key}
                type="button"
                onClick={() => setParams({ [key]: null, before: null })}
                className="h-8 rounded-md border border-accent bg-raised px-2.5 text-sm"
              >
                {params[key]} <span aria-hidden>×</span>
                <span className="sr-only">, remove this filter</span>
              </button>
            ),
        )}
      </div>
      <LastKnown lost={live.lost} className="flex flex-col gap-3">
        {shown.length === 0 ? (
          <Empty title={customer || action || q || before ? 'Nothing matches' : 'Nothing was done yet'} />
        ) : (
          <Scroller>
            <table className="w-full border-collapse text-sm">
              <caption className="sr-only">Audit, newest first</caption>
              <thead className="border-line border-b bg-raised/60 text-muted text-xs">
                <tr>
                  {['When', 'Who', 'Action', 'Customer', 'What', 'Reason', 'Request'].map((name) => (
                    <th key={name} scope="col" className={head}>
                      {name}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {shown.map((entry) => (
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
    </>
  );
}

function AuditRow({
  entry,
  onFilter,
}: {
  entry: AuditEntry;
  onFilter: (change: { action?: string; customer?: string }) => void;
}) {
  const run = typeof entry.detail.runId === 'string' ? entry.detail.runId : null;
  const detail = Object.entries(entry.detail).filter(([key]) => key !== 'runId');
  return (
    <tr className="border-line border-b align-top last:border-b-0 hover:bg-raised/60">
      <td className="px-3 py-2">
        <Instant ms={entry.atMs} />
      </td>
      <td className="px-3 py-2">
        <span className="whitespace-nowrap">{entry.actor}</span>
        <span className="block text-muted text-xs">
          {entry.role}, {entry.via}
        </span>
      </td>
      <td className="px-3 py-2">
        <button
          type="button"
          onClick={() => onFilter({ action: entry.action })}
          className="font-mono text-xs hover:underline"
        >
          {entry.action}
        </button>
      </td>
      <td className="px-3 py-2">
        {entry.customerId && (
          <button
            type="button"
            onClick={() => onFilter({ customer: entry.customerId as string })}
            className="whitespace-nowrap font-mono text-xs hover:underline"
          >
            {entry.customerId}
          </button>
        )}
      </td>
      <td className="min-w-48 px-3 py-2">
        {run ? (
          <Link href={routes.run(run)} className="underline" data-row-link>
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
      <td className="min-w-32 px-3 py-2">{entry.reason ?? <span className="text-muted">–</span>}</td>
      <td className="px-3 py-2">
        <Id value={entry.requestId} length={10} />
      </td>
    </tr>
  );
}
