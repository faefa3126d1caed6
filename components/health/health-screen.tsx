'use client';

import Link from 'next/link';
import { reads, routes } from '@/components/routes';
import { Badge, Mark } from '@/components/ui/badge';
import { Id } from '@/components/ui/copy';
import { Heading, Section } from '@/components/ui/heading';
import { Freshness, LastKnown, useLive } from '@/components/ui/live';
import { LiveScreen } from '@/components/ui/live-screen';
import { Scroller } from '@/components/ui/scroller';
import { PageSkeleton } from '@/components/ui/states';
import { Ago } from '@/components/ui/time';
import type { Tone } from '@/components/ui/tone';
import type { Result } from '@/lib/edge/model';
import type { HealthPart, HealthReport } from '@/lib/health/model';
import { count, formatNumber } from '@/lib/words';

const tones: Record<HealthPart['status'], Tone> = {
  ok: 'verified',
  unset: 'unknown',
  warning: 'stale',
  failed: 'attention',
};
const titles: Record<HealthPart['name'], string> = {
  clickhouse: 'ClickHouse',
  way: 'The way to ClickHouse',
  postgres: 'Console’s database',
  chats: 'Chats',
  launcher: 'Jobs',
  workerLauncher: 'Jobs, as the worker sees them',
  worker: 'Worker',
  queue: 'Queue',
  scans: 'Scans',
  holds: 'Holds',
  notifications: 'Notifications',
  retention: 'What is kept',
};
const words = (key: string) => key.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
const head = 'h-8 px-3 text-left font-medium';

/** What the console is connected to, as which user, and with which rights. */
export function HealthScreen({ initial }: { initial: Result<HealthReport> }) {
  const live = useLive<HealthReport>({ url: reads.health(), initial, everyMs: 5_000 });
  return (
    <LiveScreen live={live} what="Health could not be read" skeleton={<PageSkeleton rows={6} />}>
      {(report) => (
        <>
          <Heading title="Health" verdict={<HealthVerdict report={report} />} meta={<Freshness live={live} />} />
          <LastKnown lost={live.lost} className="flex flex-col gap-6">
            <ul className="grid gap-2 lg:grid-cols-2">
              {report.parts.map((part) => (
                <Part key={part.name} part={part} />
              ))}
            </ul>
            <div className="grid min-w-0 items-start gap-6 lg:grid-cols-2">
              <Workers report={report} />
              <LastScans report={report} />
            </div>
          </LastKnown>
        </>
      )}
    </LiveScreen>
  );
}

function HealthVerdict({ report }: { report: HealthReport }) {
  const bad = report.parts.filter(({ status }) => status !== 'ok' && status !== 'unset');
  if (bad.length === 0) return <Mark tone="verified">All parts work.</Mark>;
  return (
    <Mark tone={tones[report.status]}>
      {count(bad.length, 'part needs', 'parts need')} a look: {bad.map((part) => titles[part.name]).join(', ')}.
    </Mark>
  );
}

function Part({ part }: { part: HealthPart }) {
  return (
    <li className="flex flex-col gap-2 rounded-lg border border-line bg-surface p-4">
      <div className="flex items-center justify-between gap-3">
        <h2 className="font-semibold text-sm">{titles[part.name]}</h2>
        <Badge tone={tones[part.status]}>{part.status === 'unset' ? 'not configured' : part.status}</Badge>
      </div>
      <p className="text-sm">
        {part.sentence}{' '}
        {part.name === 'notifications' && (
          <Link href={routes.notifications()} className="whitespace-nowrap underline">
            See notifications
          </Link>
        )}
      </p>
      {part.asOfMs !== undefined && (
        <p className="text-muted text-xs">
          Asked <Ago ms={part.asOfMs} />
        </p>
      )}
      <dl className="flex flex-wrap gap-x-5 gap-y-1 text-xs">
        {Object.entries(part.facts).map(([key, value]) => (
          <div key={key} className="flex gap-1.5">
            <dt className="text-muted">{words(key)}</dt>
            <dd className="wrap-anywhere">{typeof value === 'number' ? formatNumber(value) : value}</dd>
          </div>
        ))}
      </dl>
    </li>
  );
}

function Workers({ report }: { report: HealthReport }) {
  return (
    <Section title="Workers">
      {report.workers.length === 0 ? (
        <p className="text-muted text-sm">No worker ever reported.</p>
      ) : (
        <Table label="Workers" columns={['Worker', 'Host', 'Last report']}>
          {report.workers.map((worker) => (
            <tr key={worker.id} className="border-line border-b last:border-b-0">
              <td className="px-3 py-1.5">
                <Id value={worker.id} />
                <div className="text-muted text-xs">
                  started <Ago ms={worker.startedAtMs} />
                </div>
              </td>
              <td className="px-3">
                {worker.host}
                <div className="text-muted text-xs">pid {worker.pid}</div>
              </td>
              <td className="px-3">
                <Ago ms={worker.seenAtMs} />
              </td>
            </tr>
          ))}
        </Table>
      )}
    </Section>
  );
}

function LastScans({ report }: { report: HealthReport }) {
  const { customers, overdue, longest, worst } = report.scans;
  const [first] = longest;
  return (
    <Section
      title="Last scans"
      aside={
        <Link href={routes.schedule()} className="text-accent text-sm hover:underline">
          Schedule
        </Link>
      }
    >
      {first && (
        <p className="pb-2 text-sm">
          <Mark tone="attention">{count(overdue, 'customer is', 'customers are')} overdue.</Mark> The longest not looked
          at is{' '}
          <Link href={routes.customer(first.customerId)} className="font-medium underline">
            {first.customerId}
          </Link>
          , {first.lookedAtMs === null ? 'never' : <Ago ms={first.lookedAtMs} />}.
        </p>
      )}
      {worst.length < customers && (
        <p className="pb-2 text-muted text-sm">
          {formatNumber(worst.length)} of {formatNumber(customers)} customers: failed scans first, then the oldest.
        </p>
      )}
      {customers === 0 ? (
        <p className="text-muted text-sm">No customer is registered yet.</p>
      ) : (
        <Table label="Last scans" columns={['Customer', 'Status', 'Ended']}>
          {worst.map((scan) => (
            <tr key={scan.customerId} className="border-line border-b align-top last:border-b-0">
              <td className="px-3 py-2">
                <Link href={routes.customer(scan.customerId)} data-row-link className="font-medium hover:underline">
                  {scan.customerId}
                </Link>
              </td>
              <td className="px-3 py-2">
                <ScanStatus status={scan.status} />
                {scan.failure && <span className="block text-muted text-xs">{scan.failure}</span>}
              </td>
              <td className="px-3 py-2">{scan.endedAtMs === null ? '–' : <Ago ms={scan.endedAtMs} />}</td>
            </tr>
          ))}
        </Table>
      )}
    </Section>
  );
}

function ScanStatus({ status }: { status: string | null }) {
  if (status === 'succeeded') return <Mark tone="verified">succeeded</Mark>;
  if (status === 'failed') return <Mark tone="attention">failed</Mark>;
  if (status === 'running') return <Mark tone="running">running</Mark>;
  return <Mark tone="unknown">{status ?? 'never'}</Mark>;
}

function Table({ label, columns, children }: { label: string; columns: string[]; children: React.ReactNode }) {
  return (
    <Scroller>
      <table aria-label={label} className="w-full border-collapse text-sm">
        <thead className="border-line border-b bg-raised/60 text-muted text-xs">
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col" className={head}>
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </Scroller>
  );
}
