'use client';

import { Search } from 'lucide-react';
import dynamic from 'next/dynamic';
import { useEffect, useState } from 'react';
import { onCommand } from './commands';

const Palette = dynamic(() => import('./palette').then((module) => module.Palette), { ssr: false });

/** Opens the palette, as do Ctrl K and Cmd K. The palette's code loads when it is first opened. */
export function SwitcherButton() {
  const [open, setOpen] = useState(false);
  const [wanted, setWanted] = useState(false);
  useEffect(
    () =>
      onCommand('switcher', () => {
        setWanted(true);
        setOpen((now) => !now);
      }),
    [],
  );
  return (
    <>
      <button
        type="button"
        aria-keyshortcuts="Control+K Meta+K"
        onClick={() => {
          setWanted(true);
          setOpen(true);
        }}
        className="inline-flex h-8 items-center gap-2 rounded-md border border-line-strong bg-surface px-2.5 text-muted text-sm hover:bg-raised hover:text-text"
      >
        <Search aria-hidden className="size-3.5" />
        <span className="max-sm:sr-only lg:pr-8">Find</span>
        <kbd className="rounded border border-line px-1 font-sans text-xs max-sm:hidden">Ctrl K</kbd>
      </button>
      {wanted && <Palette open={open} onOpenChange={setOpen} />}
    </>
  );
}
