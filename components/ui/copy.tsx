'use client';

import { Check, Copy } from 'lucide-react';
import { useState } from 'react';
import { visible } from '@/lib/text';
import { Button } from './button';
import { copyText } from './clipboard';
import { cn } from './cn';
import { shortId } from './format';

function useCopy() {
  const [copied, setCopied] = useState(false);
  return {
    copied,
    async copy(text: string) {
      await copyText(text);
      setCopied(true);
      setTimeout(() => setCopied(false), 1500);
    },
  };
}

/** An id, shortened in the middle, with a button that copies all of it. */
export function Id({ value, length, children }: { value: string; length?: number; children?: React.ReactNode }) {
  const { copied, copy } = useCopy();
  return (
    <span className="group/id inline-flex max-w-full items-center gap-1 whitespace-nowrap font-mono font-normal text-xs tracking-normal">
      {children ?? (
        <bdi title={visible(value)} data-whole={visible(value)}>
          {shortId(value, length)}
        </bdi>
      )}
      <button
        type="button"
        data-copy
        onClick={() => copy(value)}
        aria-label={copied ? 'Copied' : `Copy ${visible(value)}`}
        className={cn(
          'rounded p-0.5 text-muted transition-opacity hover:text-text focus-visible:opacity-100 group-hover/id:opacity-100',
          copied ? 'opacity-100' : 'opacity-0',
        )}
      >
        {copied ? <Check aria-hidden className="size-3" /> : <Copy aria-hidden className="size-3" />}
      </button>
    </span>
  );
}

/** A button that copies the result of `text` at the moment of the click. */
export function CopyButton({ text, children }: { text: () => string; children: React.ReactNode }) {
  const { copied, copy } = useCopy();
  return (
    <Button onClick={() => copy(text())} aria-live="polite">
      {copied ? <Check aria-hidden className="size-3.5" /> : <Copy aria-hidden className="size-3.5" />}
      {copied ? 'Copied' : children}
    </Button>
  );
}
