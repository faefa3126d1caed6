'use client';

import { X } from 'lucide-react';
import { Dialog as Radix } from 'radix-ui';
import { useRef } from 'react';
import { cn } from './cn';

export type DialogProps = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  description?: string;
  children: React.ReactNode;
  /** `panel` slides in at the right and leaves the page readable. */
  kind?: 'dialog' | 'panel';
  wide?: boolean;
};

const fields = 'textarea, select, input:not([type=radio]), input[type=radio]:checked';

/** A modal dialog or side panel. The focus begins at its first field, stays inside, and returns to where it was. */
export function DialogBody({ open, onOpenChange, title, description, children, kind = 'dialog', wide }: DialogProps) {
  const content = useRef<HTMLDivElement>(null);
  const opener = useRef<Element | null>(null);
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 animate-settle bg-black/35" />
        <Radix.Content
          ref={content}
          aria-describedby={description ? undefined : ''}
          onOpenAutoFocus={(event) => {
            opener.current = document.activeElement;
            const field = kind === 'dialog' ? content.current?.querySelector<HTMLElement>(fields) : null;
            if (!field) return;
            event.preventDefault();
            field.focus();
          }}
          onCloseAutoFocus={(event) => {
            // NOTE: Radix would return the focus to a trigger, and these dialogs have none.
            event.preventDefault();
            if (opener.current instanceof HTMLElement) opener.current.focus();
          }}
          className={cn(
            'fixed z-50 flex animate-settle flex-col border border-line bg-surface shadow-raised outline-none',
            kind === 'panel'
              ? 'inset-y-0 right-0 w-full max-w-2xl border-y-0 border-r-0'
              : 'top-[12vh] left-1/2 max-h-[80vh] w-[calc(100vw-2rem)] -translate-x-1/2 rounded-lg',
            kind === 'dialog' && (wide ? 'max-w-3xl' : 'max-w-lg'),
          )}
        >
          <div className="flex items-start justify-between gap-4 border-line border-b px-5 py-3.5">
            <div className="min-w-0">
              <Radix.Title className="font-semibold text-base">{title}</Radix.Title>
              {description && (
                <Radix.Description className="mt-0.5 text-muted text-sm">{description}</Radix.Description>
              )}
            </div>
            <Radix.Close
              aria-label="Close"
              className="-mr-1.5 rounded-md p-1.5 text-muted hover:bg-raised hover:text-text"
            >
              <X aria-hidden className="size-4" />
            </Radix.Close>
          </div>
          <div className="min-h-0 overflow-y-auto px-5 py-4">{children}</div>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
