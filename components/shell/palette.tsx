'use client';

import { Command } from 'cmdk';
import { ArrowRight, CircleQuestionMark } from 'lucide-react';
import type { Route } from 'next';
import { usePathname, useRouter } from 'next/navigation';
import { type ClipboardEvent, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useCustomers } from '@/components/customers/use-customers';
import { hrefOf } from '@/components/find/href';
import { Understood } from '@/components/find/understood';
import { useFound } from '@/components/find/use-found';
import { reads } from '@/components/routes';
import { useChange } from '@/components/ui/change';
import { useLive } from '@/components/ui/live';
import type { RunSummary } from '@/lib/backfill/state/model';
import { requestScan } from '@/lib/detection/scan/actions';
import type { Search, Target } from '@/lib/find/model';
import { count } from '@/lib/words';
import { sendCommand } from './commands';
import { customerHere } from './customer-here';
import { follow, type Line, sectionsOf } from './palette-lists';

const item =
  'flex cursor-pointer items-center gap-2.5 rounded-md px-2.5 py-2 text-sm data-[selected=true]:bg-raised [&_svg]:size-4 [&_svg]:shrink-0 [&_svg]:text-muted';
const group =
  '[&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:py-1.5 [&_[cmdk-group-heading]]:text-muted [&_[cmdk-group-heading]]:text-xs';

/** Gives the focus back to what had it. Radix would return it to a trigger, and the palette has none. */
function useReturnOfFocus(open: boolean): void {
  const opener = useRef<Element | null>(null);
  useLayoutEffect(() => {
    if (open) opener.current = document.activeElement;
  }, [open]);
  useEffect(() => {
    if (!open) return;
    return () => {
      setTimeout(() => opener.current instanceof HTMLElement && opener.current.focus());
    };
  }, [open]);
}

/** A pasted text of several lines, or a long one, is a ticket: the field holds one short line. */
const isTicket = (text: string) => /\S\s*\n\s*\S/.test(text) || text.trim().length > 120;
/** The value of the first line of what was understood. */
const firstFound = 'found 0';

/**
 * Finds customers, days ("alaska 10 Feb"), conversations, agents, runs and actions, and what a pasted ticket is about. The
 * server reads the text; what the browser knows of customers and runs is shown at once.
 */
export function Palette({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const router = useRouter();
  const path = usePathname();
  useReturnOfFocus(open);
  const [typed, setTyped] = useState('');
  const [ticket, setTicket] = useState<string | null>(null);
  const [chosen, setChosen] = useState<Omit<Search, 'text'>>({});
  const [selected, setSelected] = useState('');
  const { change, pending: starting, failure: notStarted } = useChange();
  const customers = useCustomers({ enabled: open, staleMs: 15_000 });
  const runs = useLive<RunSummary[]>({ url: reads.runs({}), enabled: open, staleMs: 5_000 });
  const search: Search = { text: ticket ?? typed, here: customerHere(path), ...chosen };
  const { found, failure, pending } = useFound(search, { enabled: open, atOnce: ticket !== null });
  const button = found?.button ?? null;
  const choices = found?.ask?.choices ?? [];
  // Of typed words that mean nothing the lists below say enough.
  const isShown = ticket !== null || button !== null || choices.length > 0;
  const sections = ticket === null ? sectionsOf(typed, { customers: customers.data ?? [], runs: runs.data ?? [] }) : [];
  const isFound = button !== null || choices.length > 0;
  useEffect(() => {
    if (isFound) setSelected(firstFound);
  }, [isFound]);

  function reset(text: string, pasted: string | null) {
    setTyped(text);
    setTicket(pasted);
    setChosen({});
  }
  function go(href: Route) {
    onOpenChange(false);
    reset('', null);
    router.push(href);
  }
  function openTarget(target: Target) {
    if (target.kind !== 'scan') return go(hrefOf(target));
    const { customerId, from, to } = target;
    change(
      () => requestScan({ customerId, fromDay: from, toDay: to }),
      () => go(hrefOf(target)),
    );
  }
  function onPaste(event: ClipboardEvent) {
    const pasted = event.clipboardData.getData('text');
    if (!isTicket(pasted)) return;
    event.preventDefault();
    reset('', pasted);
  }
  const send = (line: Line) =>
    follow(line, {
      go,
      send: (command) => {
        onOpenChange(false);
        sendCommand(command);
      },
    });
  const lines = ticket?.trim().split('\n').length ?? 0;

  return (
    <Command.Dialog
      open={open}
      onOpenChange={onOpenChange}
      label="Find anything, or paste a ticket"
      overlayClassName="fixed inset-0 z-40 bg-black/35"
      contentClassName="fixed top-[12vh] left-1/2 z-50 w-[calc(100vw-2rem)] max-w-xl -translate-x-1/2 animate-settle overflow-hidden rounded-lg border border-line bg-surface shadow-raised"
      shouldFilter={false}
      value={selected}
      onValueChange={setSelected}
      loop
    >
      <Command.Input
        value={typed}
        onValueChange={(text) => reset(text, null)}
        onPaste={onPaste}
        onKeyDown={(event) => event.key === 'Backspace' && ticket !== null && reset('', null)}
        placeholder={
          ticket === null ? 'Customer, day, agent, run, or paste a ticket' : `A ticket of ${count(lines, 'line')}`
        }
        className="h-12 w-full border-line border-b bg-transparent px-4 text-base outline-none placeholder:text-muted"
      />
      {isShown && (
        <Understood
          found={found}
          failure={failure ?? notStarted?.message ?? null}
          pending={(pending && ticket !== null) || starting}
        />
      )}
      <Command.List className="max-h-[50vh] overflow-y-auto p-1.5">
        {ticket === null && !isFound && !pending && (
          <Command.Empty className="px-3 py-8 text-center text-muted text-sm">
            {customers.fetching ? 'Searching' : 'Nothing matches. Write a customer, and a day as 10 Feb or 2026-02-10.'}
          </Command.Empty>
        )}
        {isFound && (
          <Command.Group heading={button ? 'Understood' : 'Choose'} className={group}>
            {button && (
              <Command.Item value={firstFound} onSelect={() => openTarget(button.target)} className={item}>
                <ArrowRight aria-hidden />
                {button.label}
                <span className="min-w-0 truncate text-muted">{found?.parts.join(' · ')}</span>
              </Command.Item>
            )}
            {choices.map(({ label, detail, set }, at) => (
              <Command.Item
                key={`${label} ${detail}`}
                value={`found ${at}`}
                onSelect={() => setChosen(set)}
                className={item}
              >
                <CircleQuestionMark aria-hidden />
                {label}
                <span className="min-w-0 truncate text-muted">{detail}</span>
              </Command.Item>
            ))}
          </Command.Group>
        )}
        {sections.map(({ heading, lines: all }) => (
          <Command.Group key={heading} heading={heading} className={group}>
            {all.map((line) => (
              <Command.Item key={line.key} value={line.key} onSelect={() => send(line)} className={item}>
                <line.icon aria-hidden />
                {line.label}
                {line.detail && <span className="text-muted">{line.detail}</span>}
              </Command.Item>
            ))}
          </Command.Group>
        ))}
      </Command.List>
    </Command.Dialog>
  );
}
