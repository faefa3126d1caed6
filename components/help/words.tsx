'use client';

import { useId, useState } from 'react';
import { Input } from '@/components/ui/field';
import type { GlossaryEntry } from '@/lib/help/model';
import { agree, formatNumber } from '@/lib/words';

/** Entries whose words begin with what is written come first, then those that hold it. */
function matching(entries: readonly GlossaryEntry[], text: string): GlossaryEntry[] {
  const needle = text.trim().toLowerCase();
  const rank = ({ words, definition }: GlossaryEntry) => {
    if (words.some((word) => word.toLowerCase().startsWith(needle))) return 0;
    if (words.some((word) => word.toLowerCase().includes(needle))) return 1;
    return definition.toLowerCase().includes(needle) ? 2 : 3;
  };
  return entries
    .map((entry) => ({ entry, rank: rank(entry) }))
    .filter((one) => one.rank < 3)
    .sort((one, other) => one.rank - other.rank)
    .map(({ entry }) => entry);
}

/** Every word of the glossary, and a search in words and definitions. */
export function Words({ entries, className }: { entries: readonly GlossaryEntry[]; className?: string }) {
  const id = useId();
  const [text, setText] = useState('');
  const shown = matching(entries, text);
  return (
    <div className="flex flex-col gap-2">
      <div className="flex flex-wrap items-center gap-2">
        <Input
          id={id}
          type="search"
          aria-label="Search words"
          placeholder="Search words, such as orphan"
          value={text}
          onChange={(event) => setText(event.target.value)}
          className="w-64 max-sm:w-full"
        />
        <span role="status" className="text-muted text-xs">
          {formatNumber(shown.length)} {agree(shown.length, 'entry', 'entries')}
        </span>
      </div>
      <dl tabIndex={0} aria-label="Words" className={className}>
        {shown.map(({ words, definition }) => (
          <div key={words.join()} className="border-line border-b py-1.5 last:border-b-0">
            <dt className="font-medium text-sm">{words.join(', ')}</dt>
            <dd className="text-muted text-sm">{definition}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
