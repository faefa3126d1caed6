'use client';

import Link from 'next/link';
import { reads, routes } from '@/components/routes';
import { WatchTabs } from '@/components/shell/place-tabs';
import { Heading } from '@/components/ui/heading';
import { Freshness, LastKnown, useLive } from '@/components/ui/live';
import { LiveScreen } from '@/components/ui/live-screen';
import { TimesIn } from '@/components/ui/time';
import type { Result } from '@/lib/edge/model';
import type { MissView } from '@/lib/findings/misses/model';
import { MissDetail } from './miss-detail';
import { nightOf } from './miss-list';

/** What one full scan found that the increments had missed, as the page to which messages link. */
export function MissScreen({ missId, initial }: { missId: string; initial: Result<MissView> }) {
  const live = useLive<MissView>({ url: reads.miss(missId), initial, everyMs: 5_000 });
  return (
    <>
      <WatchTabs />
      <LiveScreen
        live={live}
        what="The miss could not be read"
        notFound="No such miss"
        stillWorks="Scans and runs continue."
        wayOut={
          <Link href={routes.findings()} className="underline">
            All findings
          </Link>
        }
      >
        {(miss) => (
          <>
            <Heading
              title={
                <>
                  <Link href={routes.customer(miss.customerId)} className="text-muted hover:text-text hover:underline">
                    {miss.displayName}
                  </Link>
                  <span>missed by increments, night of {nightOf(miss)}</span>
                </>
              }
              meta={
                <>
                  <TimesIn timeZone={miss.timeZone} />
                  <Freshness live={live} />
                </>
              }
            />
            <LastKnown lost={live.lost} className="max-w-3xl">
              <MissDetail miss={miss} onChanged={live.refresh} />
            </LastKnown>
          </>
        )}
      </LiveScreen>
    </>
  );
}
