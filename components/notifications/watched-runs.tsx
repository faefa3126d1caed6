'use client';

import { useRouter } from 'next/navigation';
import { useEffect } from 'react';
import { isOver } from '@/components/backfill/run/status';
import { reads, routes } from '@/components/routes';
import { rangeName } from '@/components/ui/format';
import { useLive } from '@/components/ui/live';
import type { RunView } from '@/lib/backfill/state/model';
import { alone, show } from './show';
import { watch, watchedOf, watchedText } from './watched';

/** Tells the person when a run that they watch ends or needs them. One tab tells it. */
export function WatchedRuns({ runs }: { runs: string[] }) {
  return runs.map((run) => <WatchedRun key={run} runId={run} />);
}

function WatchedRun({ runId }: { runId: string }) {
  const router = useRouter();
  const live = useLive<RunView>({ url: reads.run(runId, {}), everyMs: 5_000, inBackground: true });
  const run = live.data;
  const isGone = live.failure?.code === 'not_found';
  useEffect(() => {
    if (isGone) watch(runId, false);
    if (!run || (!isOver(run.status) && run.status !== 'needs attention')) return;
    void alone(() => {
      if (!watchedOf(watchedText()).includes(runId)) return;
      watch(runId, false);
      show({
        title: `${run.status}: ${run.customerId}`,
        body: `${rangeName(run.fromDay, run.toDay)}. ${run.result ?? run.next}`,
        tag: `slc run ${runId}`,
        onClick: () => router.push(routes.run(runId)),
      });
    });
  }, [isGone, run, runId, router]);
  return null;
}
