'use client';

import { CircleHelp } from 'lucide-react';
import { useId, useState } from 'react';
import { reads } from '@/components/routes';
import { entryOf, type Help } from '@/lib/help/model';
import { cn } from './cn';
import { useLive } from './live';

const widthPx = 320;
const edgePx = 16;

/** Puts the definition below its word, or above it in the lower half of the window, and within the window's sides. */
function place(box: HTMLElement, word: HTMLElement) {
  const { left, top, bottom } = word.getBoundingClientRect();
  const width = Math.min(widthPx, window.innerWidth - 2 * edgePx);
  const below = bottom < window.innerHeight / 2;
  Object.assign(box.style, {
    width: `${width}px`,
    left: `${Math.max(edgePx, Math.min(left, window.innerWidth - width - edgePx))}px`,
    top: below ? `${bottom + 4}px` : 'auto',
    bottom: below ? 'auto' : `${window.innerHeight - top + 4}px`,
  });
}

/**
 * A word of docs/glossary.md with its definition, which a click, a touch, Enter or the space bar opens and Esc closes.
 * Its children are the word as the page writes it; without them it is a small mark, to put beside a word that is a
 * link or a button already. A test holds that the glossary has every `word`.
 */
export function Term({ word, children }: { word: string; children?: React.ReactNode }) {
  const id = useId();
  const [open, setOpen] = useState(false);
  return (
    <>
      <button
        type="button"
        popoverTarget={id}
        aria-expanded={open}
        aria-label={children ? undefined : `What “${word}” means`}
        className={cn(
          'cursor-help rounded text-left align-baseline hover:text-text',
          children
            ? 'underline decoration-dotted decoration-from-font underline-offset-4'
            : '-my-1.5 -mr-1.5 -ml-0.5 inline-flex p-1.5 align-middle text-muted',
        )}
      >
        {children ?? <CircleHelp aria-hidden className="size-3" />}
      </button>
      <span
        id={id}
        popover="auto"
        onBeforeToggle={(event) => {
          const opener = event.currentTarget.previousElementSibling;
          if (event.newState === 'open' && opener instanceof HTMLElement) place(event.currentTarget, opener);
        }}
        onToggle={(event) => {
          const box = event.currentTarget;
          setOpen(event.newState === 'open');
          if (event.newState === 'open')
            window.addEventListener('scroll', () => box.hidePopover(), { capture: true, once: true, passive: true });
        }}
        className="inset-auto m-0 animate-settle whitespace-normal rounded-lg border border-line bg-surface p-3 text-left font-normal text-sm text-text normal-case leading-snug tracking-normal shadow-raised"
      >
        {open && <Definition word={word} />}
      </span>
    </>
  );
}

function Definition({ word }: { word: string }) {
  const live = useLive<Help>({ url: reads.help(), staleMs: Number.POSITIVE_INFINITY });
  const entry = live.data && entryOf(live.data.words, word);
  return (
    <span aria-live="polite">
      <strong className="block font-semibold first-letter:uppercase">{word}</strong>
      <span className="mt-0.5 block">
        {entry?.definition ??
          live.failure?.message ??
          (live.data ? 'The glossary of this release does not have it.' : 'Loading the definition')}
      </span>
    </span>
  );
}
