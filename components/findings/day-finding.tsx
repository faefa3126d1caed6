'use client';

import Link from 'next/link';
import { reads, routes } from '@/components/routes';
import { Badge } from '@/components/ui/badge';
import { useLive } from '@/components/ui/live';
import { Instant } from '@/components/ui/time';
import type { FindingSummary, FindingsPage } from '@/lib/findings/model';
import { stateTones } from './words';

/** The newest finding of a day in a line, with a link to it; nothing where the day was never wrong. */
export function DayFinding({ customerId, day }: { customerId: string; day: string }) {
  const live = useLive<FindingsPage>({
    url: reads.findings({ customer: customerId, day, state: 'all' }),
    everyMs: 30_000,
  });
  const finding = live.data?.rows.find((one) => one.customerId === customerId && one.day === day);
  if (!finding) return null;
  return (
    <p className="flex flex-wrap items-center gap-x-3 gap-y-1 rounded-lg border border-line bg-surface px-4 py-2 text-sm">
      <Badge tone={stateTones[finding.state]}>{finding.state}</Badge>
      <span>
        <Story finding={finding} />
      </span>
      <Link href={routes.finding(finding.id)} className="ml-auto text-muted underline hover:text-text">
        Open the finding
      </Link>
    </p>
  );
}

function Story({ finding }: { finding: FindingSummary }) {
  const { state, timeZone, wrongSinceMs, firstSeenAtMs, repairedAtMs, resolvedAtMs } = finding;
  const at = (ms: number | null) => <Instant ms={ms ?? firstSeenAtMs} timeZone={timeZone} seconds={false} />;
  if (state === 'fallen back')
    return (
      <>
        Wrong since {at(firstSeenAtMs)}, repaired {at(repairedAtMs)}, fell back: wrong again since {at(wrongSinceMs)}.
      </>
    );
  if (state === 'repaired')
    return (
      <>
        Was wrong, first seen {at(firstSeenAtMs)}; a run repaired it {at(repairedAtMs)}.
      </>
    );
  if (state === 'resolved by itself')
    return (
      <>
        Was wrong, first seen {at(firstSeenAtMs)}; clean without a run since {at(resolvedAtMs)}.
      </>
    );
  return (
    <>
      Wrong since {at(wrongSinceMs)}, first seen {at(firstSeenAtMs)}.
    </>
  );
}
