'use client';

import { reads } from '@/components/routes';
import { LivePanel } from '@/components/ui/live-panel';
import type { FindingView } from '@/lib/findings/model';
import { FindingDetail } from './finding-detail';

/** One finding beside the list. */
export function FindingPanel({ findingId, onChanged }: { findingId: string; onChanged: () => void }) {
  return (
    <LivePanel<FindingView>
      what="The finding could not be read"
      url={reads.finding(findingId)}
      everyMs={5_000}
      onChanged={onChanged}
    >
      {(finding, changed) => <FindingDetail finding={finding} onChanged={changed} linked />}
    </LivePanel>
  );
}
