'use client';

import { Command } from 'cmdk';
import { CalendarDays, CornerDownLeft, History, OctagonPause, Users, Zap } from 'lucide-react';
import type { Route } from 'next';
import { useRouter } from 'next/navigation';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useCustomers } from '@/components/customers/use-customers';
import { reads, routes } from '@/components/routes';
import { dayName, rangeName } from '@/components/ui/format';
import { useLive } from '@/components/ui/live';
import type { RunSummary } from '@/lib/backfill/state/model';
import { shiftDay } from '@/lib/day-text';
import { sendCommand } from './commands';
import { dayIn, findCustomers, findDays, findPlans, findRuns, runWords } from './find';
import { places } from './places';

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

/** Finds customers, days ("alaska 2026-02-10"), runs and actions. */
export function Palette({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const router = useRouter();
  useReturnOfFocus(open);
  const [text, setText] = useState('');
  const customers = useCustomers({ enabled: open, staleMs: 15_000 });
  const runs = useLive<RunSummary[]>({ url: reads.runs({}), enabled: open, staleMs: 5_000 });
  const day = dayIn(text);
  const all = customers.data ?? [];

  function go(href: Route) {
    onOpenChange(false);
    setText('');
    router.push(href);
  }

  return (
    <Command.Dialog
      open={open}
      onOpenChange={onOpenChange}
      label="Find a customer, a day, a run or an action"
      overlayClassName="fixed inset-0 z-40 bg-black/35"
      contentClassName="fixed top-[12vh] left-1/2 z-50 w-[calc(100vw-2rem)] max-w-xl -translate-x-1/2 animate-settle overflow-hidden rounded-lg border border-line bg-surface shadow-raised"
      loop
    >
      <Command.Input
        value={text}
        onValueChange={setText}
        placeholder="Customer, day, run or action"
        className="h-12 w-full border-line border-b bg-transparent px-4 text-base outline-none placeholder:text-muted"
      />
      <Command.List className="max-h-[50vh] overflow-y-auto p-1.5">
        <Command.Empty className="px-3 py-8 text-center text-muted text-sm">
          {customers.fetching ? 'Searching' : 'Nothing matches. Write a day as 2026-02-10.'}
        </Command.Empty>
        <Command.Group heading="Customers" className={group}>
          {findCustomers(all, text).map((customer) => (
            <Command.Item
              key={customer.customerId}
              value={`${customer.customerId} ${customer.displayName} ${day ?? ''}`}
              onSelect={() => go(routes.customer(customer.customerId))}
              className={item}
            >
              <Users aria-hidden />
              {customer.displayName}
              <span className="font-mono text-muted text-xs">{customer.customerId}</span>
            </Command.Item>
          ))}
        </Command.Group>
        <Command.Group heading={day ? 'That day' : 'Affected days'} className={group}>
          {findDays(all, text).map(({ customer, day: one }) => (
            <Command.Item
              key={`${customer.customerId} ${one}`}
              value={`${customer.customerId} ${customer.displayName} day ${one} ${dayName(one)}`}
              onSelect={() => go(routes.day(customer.customerId, one))}
              className={item}
            >
              <CalendarDays aria-hidden />
              {customer.displayName}
              <span className="text-muted">{dayName(one)}</span>
            </Command.Item>
          ))}
        </Command.Group>
        <Command.Group heading="Runs" className={group}>
          {findRuns(runs.data ?? [], text).map((run) => (
            <Command.Item key={run.id} value={runWords(run)} onSelect={() => go(routes.run(run.id))} className={item}>
              <History aria-hidden />
              {run.customerId}
              <span className="text-muted">
                {rangeName(run.fromDay, run.toDay)} · {run.status}
              </span>
            </Command.Item>
          ))}
        </Command.Group>
        <Command.Group heading="Actions" className={group}>
          {day &&
            findPlans(all, text).map((customer) => (
              <Command.Item
                key={`backfill ${customer.customerId}`}
                value={`backfill ${customer.customerId} ${day}`}
                onSelect={() => go(routes.plan({ customer: customer.customerId, from: day, to: shiftDay(day, 1) }))}
                className={item}
              >
                <Zap aria-hidden />
                Plan a backfill of {customer.displayName}, {dayName(day)}
              </Command.Item>
            ))}
          <Command.Item
            value="repair all affected customers new campaign"
            onSelect={() => go(routes.newCampaign())}
            className={item}
          >
            <Zap aria-hidden />
            Repair all affected customers
          </Command.Item>
          {places.map(({ label, href }) => (
            <Command.Item key={label} value={`go to ${label}`} onSelect={() => go(href)} className={item}>
              <CornerDownLeft aria-hidden />
              Go to {label}
            </Command.Item>
          ))}
          <Command.Item
            value="stop everything emergency"
            onSelect={() => {
              onOpenChange(false);
              sendCommand('stop everything');
            }}
            className={item}
          >
            <OctagonPause aria-hidden />
            Stop everything
          </Command.Item>
          <Command.Item
            value="help keyboard shortcuts words colours documents"
            onSelect={() => {
              onOpenChange(false);
              sendCommand('help');
            }}
            className={item}
          >
            <CornerDownLeft aria-hidden />
            Help: keys, words, colours, documents
          </Command.Item>
        </Command.Group>
      </Command.List>
    </Command.Dialog>
  );
}
