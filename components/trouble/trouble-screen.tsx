'use client';

import type { Route } from 'next';
import Link from 'next/link';
import { reads, routes } from '@/components/routes';
import { Badge, Mark } from '@/components/ui/badge';
import { DataText } from '@/components/ui/data-text';
import { Heading } from '@/components/ui/heading';
import { Freshness, LastKnown, useLive } from '@/components/ui/live';
import { LiveScreen } from '@/components/ui/live-screen';
import { Empty } from '@/components/ui/states';
import { Ago } from '@/components/ui/time';
import type { Tone } from '@/components/ui/tone';
import type { Result } from '@/lib/edge/model';
import { isWrong, type Trouble, type TroubleReport } from '@/lib/trouble/model';
import { count } from '@/lib/words';

const kinds: Record<Trouble['kind'], { word: string; tone: Tone; open: string; href: (id: string) => Route }> = {
  run: { word: 'run stopped', tone: 'attention', open: 'Open the run', href: (id) => routes.run(id) },
  order: { word: 'order stopped', tone: 'attention', open: 'Open the order', href: (id) => routes.order(id) },
  engine: { word: 'engine down', tone: 'attention', open: 'See health', href: () => routes.health() },
  worker: { word: 'no worker', tone: 'attention', open: 'See health', href: () => routes.health() },
  mutation: { word: 'mutation', tone: 'attention', open: 'See mutations', href: () => routes.mutations() },
  start: {
    word: 'not started',
    tone: 'attention',
    open: 'Open the request',
    href: (id) => routes.approvals({ open: id }),
  },
  approval: {
    word: 'approval',
    tone: 'stale',
    open: 'Open the request',
    href: (id) => routes.approvals({ state: 'waiting', open: id }),
  },
};

/** Everything that waits for a person, the most serious first. */
export function TroubleScreen({ initial }: { initial: Result<TroubleReport> }) {
  const live = useLive<TroubleReport>({ url: reads.trouble(), initial, everyMs: 5_000 });
  return (
    <LiveScreen
      live={live}
      what="The list of trouble could not be read"
      stillWorks="Runs that are under way continue. This page tries again by itself."
    >
      {(report) => (
        <>
          <Heading title="Trouble" verdict={<Verdict report={report} />} meta={<Freshness live={live} />} />
          <LastKnown lost={live.lost} className="flex flex-col gap-3">
            {report.unknown.map((sentence) => (
              <p key={sentence} role="alert" className="rounded-lg border border-line bg-surface px-4 py-3">
                <Mark tone="unknown">{sentence}</Mark>
              </p>
            ))}
            {report.trouble.length === 0 && report.unknown.length === 0 && (
              <Empty title="Nothing waits for a person">
                No run or standing order is stopped, no mutation is failing or stuck, no approval waits, everything
                approved has started, a worker is running, and the engines answer.
              </Empty>
            )}
            {report.trouble.length > 0 && (
              <ul className="divide-y divide-line rounded-lg border border-line bg-surface">
                {report.trouble.map((one) => (
                  <Entry key={`${one.kind} ${one.id} ${one.sentence}`} trouble={one} />
                ))}
              </ul>
            )}
          </LastKnown>
        </>
      )}
    </LiveScreen>
  );
}

function Verdict({ report }: { report: TroubleReport }) {
  const wrong = report.trouble.filter(isWrong).length;
  const waiting = report.trouble.length - wrong;
  if (wrong > 0)
    return (
      <Mark tone="attention">
        {count(wrong, 'thing needs', 'things need')} attention
        {waiting > 0 && `; ${count(waiting, 'approval waits', 'approvals wait')}`}.
      </Mark>
    );
  if (report.unknown.length > 0) return <Mark tone="unknown">Not everything could be read.</Mark>;
  if (waiting > 0) return <Mark tone="stale">{count(waiting, 'approval waits', 'approvals wait')}.</Mark>;
  return <Mark tone="verified">Nothing waits for a person.</Mark>;
}

function Entry({ trouble }: { trouble: Trouble }) {
  const { word, tone, open, href } = kinds[trouble.kind];
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-3">
      <Badge tone={tone}>{word}</Badge>
      <span className="min-w-0 flex-1 basis-full sm:basis-64">
        <DataText>{trouble.sentence}</DataText>
      </span>
      {trouble.customers.slice(0, 5).map((customer) => (
        <Link key={customer} href={routes.customer(customer)} className="font-mono text-sm underline">
          {customer}
        </Link>
      ))}
      {trouble.customers.length > 5 && (
        <span className="text-muted text-sm">and {trouble.customers.length - 5} more</span>
      )}
      {trouble.sinceMs !== null && (
        <span className="text-muted text-sm">
          <Ago ms={trouble.sinceMs} />
        </span>
      )}
      <Link href={href(trouble.id)} data-row-link className="whitespace-nowrap font-medium text-sm underline">
        {open}
      </Link>
    </li>
  );
}
