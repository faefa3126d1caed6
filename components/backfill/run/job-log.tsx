'use client';

import { Download } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { reads } from '@/components/routes';
import { useQueryStates } from '@/components/ui/address';
import { parseAsInteger, parseAsString } from '@/components/ui/address-parsers';
import { Button } from '@/components/ui/button';
import { CopyButton } from '@/components/ui/copy';
import { Input, Select } from '@/components/ui/field';
import { useLive } from '@/components/ui/live';
import { FailedLine, Skeleton } from '@/components/ui/states';
import type { StepName } from '@/lib/backfill/state/name-model';
import type { JobLog as Log } from '@/lib/backfill/view/job-log-model';
import { visible } from '@/lib/text';
import { count } from '@/lib/words';
import { LogLines } from './log-lines';

const address = { unit: parseAsString, step: parseAsString, attempt: parseAsInteger, line: parseAsInteger };

/** The log of a Job: live, searched, kept as a file, line by line with a link to each, and those of earlier attempts. */
export function JobLog({
  runId,
  itemId,
  unit,
  step,
  running,
}: {
  runId: string;
  itemId: string;
  unit: string;
  step: StepName;
  running: boolean;
}) {
  const [{ attempt, line }, setAddress] = useQueryStates(address);
  const [search, setSearch] = useState('');
  const live = useLive<Log>({
    url: reads.log(runId, { item: itemId, step, attempt: attempt === null ? undefined : String(attempt) }),
    everyMs: (log) => (attempt === null && (running || log?.live) ? 1_000 : false),
  });
  const box = useRef<HTMLDivElement>(null);
  const follow = useRef(line === null);
  const text = visible(live.data?.text ?? '', { lines: true }).replace(/\n$/, '');
  useEffect(() => {
    if (text && box.current && follow.current) box.current.scrollTop = box.current.scrollHeight;
  }, [text]);
  if (!live.data) return live.failure ? <FailedLine failure={live.failure} /> : <Skeleton className="h-24" />;
  const { attempts } = live.data;
  const lines = text === '' ? [] : text.split('\n').map((words, at) => ({ number: at + 1, words }));
  const found = lines.filter(({ words }) => words.toLowerCase().includes(search.toLowerCase()));
  return (
    <div className="flex min-w-0 flex-col gap-2">
      <div className="flex flex-wrap items-center gap-2">
        <p className="mr-auto font-medium text-sm">
          Log {live.data.live && <span className="font-normal text-muted">live</span>}
        </p>
        {attempts.length > 1 && (
          <Select
            aria-label="Attempt"
            value={live.data.attempt}
            onChange={(event) => {
              const chosen = Number(event.target.value);
              setAddress({ unit, step, attempt: chosen === attempts.at(-1) ? null : chosen, line: null });
            }}
          >
            {attempts.map((one) => (
              <option key={one} value={one}>
                attempt {one}
                {one === attempts.at(-1) ? ', the newest' : ''}
              </option>
            ))}
          </Select>
        )}
        {text && (
          <>
            <Input
              type="search"
              aria-label="Search in the log"
              placeholder="Search in the log"
              value={search}
              onChange={(event) => setSearch(event.target.value)}
              className="w-40"
            />
            <CopyButton text={() => text}>Copy the log</CopyButton>
            <Button onClick={() => saveText(text, `${step}-${unit}-${live.data?.attempt}.log`)}>
              <Download aria-hidden className="size-3.5" />
              Download
            </Button>
          </>
        )}
      </div>
      {search && (
        <p role="status" className="text-muted text-xs">
          {count(found.length, 'line has', 'lines have')} it, of {count(lines.length, 'line')}.
        </p>
      )}
      <div
        ref={box}
        role="log"
        aria-label="Job log"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard scrolls it
        tabIndex={0}
        onScroll={({ currentTarget: at }) => {
          follow.current = at.scrollHeight - at.scrollTop - at.clientHeight < 24;
        }}
        className="max-h-80 min-h-24 resize-y overflow-auto rounded-md border border-line bg-raised/60 py-2 font-mono text-xs leading-relaxed"
      >
        {lines.length === 0 ? (
          <p className="px-3">{live.data.live ? 'No output yet.' : 'No output of this Job was kept.'}</p>
        ) : (
          <LogLines lines={found} chosen={line} onChoose={(number) => setAddress({ unit, step, line: number })} />
        )}
      </div>
    </div>
  );
}

function saveText(text: string, name: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1_000);
}
