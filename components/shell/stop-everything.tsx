'use client';

import dynamic from 'next/dynamic';
import { useEffect, useState } from 'react';
import { reads } from '@/components/routes';
import { useAhead } from '@/components/ui/ahead';
import { Boundary, Reload } from '@/components/ui/boundary';
import { Dialog } from '@/components/ui/dialog';
import { useLive } from '@/components/ui/live';
import type { StopView } from '@/lib/backfill/state/stop-model';
import { onCommand } from './commands';

const load = () => import('./stop-forms');
const StopForm = dynamic(() => load().then((module) => module.StopForm), { ssr: false });
const Banner = dynamic(() => import('./stop-banner').then((module) => module.Banner), { ssr: false });

/** The banner of every page while everything is stopped, and the dialogs that stop everything and lift it. */
export function StopEverything() {
  const live = useLive<StopView>({ url: reads.stop(), everyMs: 2_000 });
  const [open, setOpen] = useState(false);
  useAhead(load);
  useEffect(() => onCommand('stop everything', () => setOpen(true)), []);
  const stop = live.data?.stop ?? null;
  return (
    <>
      {stop && (
        <Boundary
          instead={
            <p role="alert" className="bg-attention-soft px-6 py-2 text-attention text-sm">
              Everything is stopped. <Reload /> to see by whom.
            </p>
          }
        >
          <Banner stop={stop} live={live} onHasten={() => setOpen(true)} />
        </Boundary>
      )}
      <Dialog
        open={open}
        onOpenChange={setOpen}
        title="Stop everything"
        description="Runs, campaigns, scans and previews stop within a second, and nothing begins until somebody lifts it."
      >
        {open && (
          <Boundary
            instead={
              <p role="alert">
                This form could not be loaded. <Reload />, then stop everything.
              </p>
            }
          >
            <StopForm
              units={live.data?.units ?? []}
              stop={stop}
              onDone={() => {
                setOpen(false);
                live.refresh();
              }}
            />
          </Boundary>
        )}
      </Dialog>
    </>
  );
}
