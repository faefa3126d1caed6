'use client';

import Link from 'next/link';
import { reads, routes } from '@/components/routes';
import { WatchTabs } from '@/components/shell/place-tabs';
import { dayName } from '@/components/ui/format';
import { Heading } from '@/components/ui/heading';
import { Freshness, LastKnown, useLive } from '@/components/ui/live';
import { LiveScreen } from '@/components/ui/live-screen';
import { TabTitle, tabDays } from '@/components/ui/tab-title';
import { TimesIn } from '@/components/ui/time';
import type { Result } from '@/lib/edge/model';
import type { FindingView } from '@/lib/findings/model';
import { FindingDetail } from './finding-detail';

/** One finding as a page, to which messages link. */
export function FindingScreen({ findingId, initial }: { findingId: string; initial: Result<FindingView> }) {
  const live = useLive<FindingView>({ url: reads.finding(findingId), initial, everyMs: 5_000 });
  return (
    <>
      <WatchTabs />
      <LiveScreen
        live={live}
        what="The finding could not be read"
        notFound="No such finding"
        stillWorks="Scans and runs continue."
        wayOut={
          <Link href={routes.findings()} className="underline">
            All findings
          </Link>
        }
      >
        {(finding) => (
          <>
            <TabTitle text={`${finding.state}: ${finding.customerId} ${tabDays(finding.day, finding.day)}`} />
            <Heading
              title={
                <>
                  <Link
                    href={routes.customer(finding.customerId)}
                    className="text-muted hover:text-text hover:underline"
                  >
                    {finding.displayName}
                  </Link>
                  <span>{dayName(finding.day)}</span>
                </>
              }
              meta={
                <>
                  <TimesIn timeZone={finding.timeZone} />
                  <Freshness live={live} />
                </>
              }
            />
            <LastKnown lost={live.lost} className="max-w-3xl">
              <FindingDetail finding={finding} onChanged={live.refresh} />
            </LastKnown>
          </>
        )}
      </LiveScreen>
    </>
  );
}
