'use client';

import { useEffect, useRef } from 'react';
import { reads } from '@/components/routes';
import { CopyButton } from '@/components/ui/copy';
import { useLive } from '@/components/ui/live';
import { FailedLine, Skeleton } from '@/components/ui/states';
import type { StepName } from '@/lib/backfill/state/name-model';
import { visible } from '@/lib/text';

/** The live log of a Job. It stays scrolled to the end unless a person scrolls up. */
export function JobLog({
  runId,
  itemId,
  step,
  running,
}: {
  runId: string;
  itemId: string;
  step: StepName;
  running: boolean;
}) {
  const live = useLive<{ text: string; live: boolean }>({
    url: reads.log(runId, { item: itemId, step }),
    everyMs: (log) => (running || log?.live ? 1_000 : false),
  });
  const box = useRef<HTMLTextAreaElement>(null);
  const follow = useRef(true);
  const text = visible(live.data?.text ?? '', { lines: true });
  useEffect(() => {
    if (text && box.current && follow.current) box.current.scrollTop = box.current.scrollHeight;
  }, [text]);
  if (!live.data) return live.failure ? <FailedLine failure={live.failure} /> : <Skeleton className="h-24" />;
  return (
    <div className="flex min-w-0 flex-col gap-2">
      <div className="flex items-center justify-between">
        <p className="font-medium text-sm">
          Log {live.data.live && <span className="font-normal text-muted">live</span>}
        </p>
        {text && <CopyButton text={() => text}>Copy the log</CopyButton>}
      </div>
      <textarea
        ref={box}
        readOnly
        rows={10}
        aria-label="Job log"
        onScroll={({ currentTarget: at }) => {
          follow.current = at.scrollHeight - at.scrollTop - at.clientHeight < 24;
        }}
        className="resize-y rounded-md border border-line bg-raised/60 p-3 font-mono text-xs leading-relaxed"
        value={text || (live.data.live ? 'No output yet.' : 'No output of this Job was kept.')}
      />
    </div>
  );
}
