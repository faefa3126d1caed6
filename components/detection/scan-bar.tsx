'use client';

import { RotateCcw, X } from 'lucide-react';
import { useRefusal } from '@/components/auth/person';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { useChange } from '@/components/ui/change';
import { duration, rangeName } from '@/components/ui/format';
import { ProgressBar } from '@/components/ui/progress-bar';
import { FailedLine } from '@/components/ui/states';
import { Ago, Elapsed } from '@/components/ui/time';
import type { Scan } from '@/lib/detection/model';
import { readSentence } from '@/lib/detection/read-model';
import { cancelScan, resumeScan } from '@/lib/detection/scan/actions';
import { bytes, formatNumber } from '@/lib/words';

export const isActive = (scan: Scan): boolean => scan.status === 'queued' || scan.status === 'running';

/** A scan that is under way, or one that did not succeed: its progress, time left, and cancel or resume. */
export function ScanBar({ scan, onChange }: { scan: Scan; onChange: () => void }) {
  const refusal = useRefusal('scan.run');
  const { change, pending, failure } = useChange();
  const active = isActive(scan);
  const act = (verb: typeof cancelScan) => change(() => verb({ scanId: scan.id }), onChange, onChange);
  const done = scan.chunksTotal ? scan.chunksDone / scan.chunksTotal : 0;

  return (
    <div className="flex flex-col gap-2 rounded-lg border border-line bg-surface px-4 py-3">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5">
        <Badge tone={active ? 'running' : scan.status === 'failed' ? 'attention' : 'unknown'}>
          {scan.cancelRequested && active ? 'cancelling' : scan.status}
        </Badge>
        <span className="font-medium">Scan of {rangeName(scan.fromDay, scan.toDay)}</span>
        <span className="text-muted text-sm">
          {scan.chunksTotal === null
            ? !active
              ? 'ended before it started'
              : scan.workers === 0
                ? 'no worker is running; the scan starts when one does'
                : 'waiting for a worker'
            : `chunk ${formatNumber(scan.chunksDone)} of ${formatNumber(scan.chunksTotal)} · ${formatNumber(scan.rowsRead)} rows, ${bytes(scan.bytesRead)} read`}
          {active && scan.startedAtMs !== null && (
            <>
              {' · '}
              <Elapsed fromMs={scan.startedAtMs} toMs={null} />
            </>
          )}
          {active && scan.etaMs !== null && ` · about ${duration(scan.etaMs)} left`}
          {!active && scan.endedAtMs !== null && (
            <>
              {' · '}
              <Ago ms={scan.endedAtMs} />
            </>
          )}
        </span>
        <span className="ml-auto">
          {active ? (
            <Button
              size="sm"
              disabled={pending || scan.cancelRequested || refusal !== null}
              title={refusal ?? undefined}
              onClick={() => act(cancelScan)}
            >
              <X aria-hidden className="size-3.5" />
              Cancel scan
            </Button>
          ) : (
            <Button
              size="sm"
              disabled={pending || refusal !== null}
              title={refusal ?? undefined}
              onClick={() => act(resumeScan)}
            >
              <RotateCcw aria-hidden className="size-3.5" />
              Resume scan
            </Button>
          )}
        </span>
      </div>
      {scan.kind !== null && <p className="text-muted text-sm first-letter:uppercase">{readSentence(scan)}.</p>}
      {active && <ProgressBar label="Scan progress" share={done} />}
      {scan.failure && <p className="text-attention text-sm">{scan.failure}</p>}
      {failure && <FailedLine failure={failure} />}
    </div>
  );
}
