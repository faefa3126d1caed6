'use client';

import dynamic from 'next/dynamic';
import { usePathname } from 'next/navigation';
import { useEffect, useState } from 'react';
import { Dialog } from '@/components/ui/dialog';
import { Skeleton } from '@/components/ui/states';
import { onCommand, sendCommand } from './commands';
import { besideRow } from './next-row';
import { linkOfClick } from './row-click';

const HelpContent = dynamic(() => import('@/components/help/help-content').then((module) => module.HelpContent), {
  ssr: false,
  loading: () => <Skeleton className="h-96" />,
});

const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

const rowNumberOf = (link: HTMLElement): number | null =>
  Number(link.closest('[aria-rowindex]')?.getAttribute('aria-rowindex')) || null;

/** The row of a long table that the keys chose last: scrolled away it is not in the page, and not in focus. */
let left: { path: string; row: number } | null = null;

function moveRow(step: 1 | -1) {
  const links = [...document.querySelectorAll<HTMLElement>('main [data-row-link]')];
  const at = links.indexOf(document.activeElement as HTMLElement);
  const path = window.location.pathname;
  const beside = left?.path === path ? besideRow(links.map(rowNumberOf), left.row, step) : null;
  const next = links[at < 0 ? (beside ?? (step > 0 ? 0 : links.length - 1)) : at + step];
  if (!next) {
    // A row that has the focus and was scrolled away.
    links[at]?.scrollIntoView({ block: 'nearest' });
    return;
  }
  next.focus();
  next.scrollIntoView({ block: 'nearest' });
  const row = rowNumberOf(next);
  left = row === null ? null : { path, row };
}

function onKey(event: KeyboardEvent) {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
    event.preventDefault();
    sendCommand('switcher');
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const over = document.querySelector('[role="dialog"], [role="menu"]');
  if (over) {
    const beside = { j: '[data-row-after]', k: '[data-row-before]' }[event.key];
    if (beside && !isTyping(event.target)) over.querySelector<HTMLElement>(beside)?.click();
    return;
  }
  if (isTyping(event.target)) {
    if (event.key !== 'Escape') return;
    // NOTE: a search field empties itself on Esc, and leaving it must not undo the filter.
    event.preventDefault();
    (event.target as HTMLElement).blur();
    return;
  }
  if (event.key === '/') {
    const search = document.querySelector<HTMLInputElement>('main [data-search]');
    if (!search) return;
    event.preventDefault();
    search.focus();
    search.select();
  } else if (event.key === 'j') moveRow(1);
  else if (event.key === 'k') moveRow(-1);
  else if (event.key === '?') sendCommand('help');
}

/** A click into a row of a table opens the row. */
const onClick = (event: MouseEvent) => linkOfClick(event, String(window.getSelection() ?? ''))?.click();

/** The keyboard shortcuts of every page, and Help, which `?` opens. It closes when a link in it leads elsewhere. */
export function Hotkeys() {
  const path = usePathname();
  const [openAt, setOpenAt] = useState<string | null>(null);
  const open = openAt === path;
  useEffect(() => {
    window.addEventListener('keydown', onKey);
    document.addEventListener('click', onClick);
    const forget = onCommand('help', () => setOpenAt(window.location.pathname));
    return () => {
      window.removeEventListener('keydown', onKey);
      document.removeEventListener('click', onClick);
      forget();
    };
  }, []);
  return (
    <Dialog open={open} onOpenChange={(wanted) => setOpenAt(wanted ? path : null)} title="Help" wide>
      <HelpContent inDialog />
    </Dialog>
  );
}
