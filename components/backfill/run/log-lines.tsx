'use client';

import { useEffect, useRef } from 'react';
import { cn } from '@/components/ui/cn';

/** Lines of a log with their numbers. A number puts its line into the address, and the line of the address is shown. */
export function LogLines({
  lines,
  chosen,
  onChoose,
}: {
  lines: { number: number; words: string }[];
  chosen: number | null;
  onChoose: (line: number) => void;
}) {
  const marked = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (chosen !== null) marked.current?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);
  return (
    <ol>
      {lines.map(({ number, words }) => (
        <li
          key={number}
          ref={number === chosen ? marked : undefined}
          aria-current={number === chosen ? 'true' : undefined}
          className={cn('flex gap-3 px-3', number === chosen && 'bg-stale-soft')}
        >
          <button
            type="button"
            aria-label={`Link to line ${number}`}
            onClick={() => onChoose(number)}
            className="w-8 shrink-0 select-none text-right text-muted hover:underline"
          >
            {number}
          </button>
          <span className="whitespace-pre-wrap [overflow-wrap:anywhere]">{words}</span>
        </li>
      ))}
    </ol>
  );
}
