'use client';

import { OctagonPause } from 'lucide-react';
import dynamic from 'next/dynamic';
import { useState } from 'react';
import { useRefusal } from '@/components/auth/person';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import type { Live } from '@/components/ui/live';
import { Instant } from '@/components/ui/time';
import type { StoppedUnit, StopView } from '@/lib/backfill/state/stop-model';
import type { Stop } from '@/lib/holds/model';
import { agree, count } from '@/lib/words';
import { Units } from './stopped-units';

const LiftForm = dynamic(() => import('./stop-forms').then((module) => module.LiftForm), { ssr: false });

/** Who stopped everything, what still ends, and how to lift it. */
export function Banner({ stop, live, onHasten }: { stop: Stop; live: Live<StopView>; onHasten: () => void }) {
  const refusal = useRefusal('everything.stop');
  const [lifting, setLifting] = useState(false);
  const units = live.data?.units ?? [];
  return (
    <section
      aria-label="Everything is stopped"
      className="flex flex-wrap items-center justify-center gap-x-3 gap-y-1.5 border-attention/40 border-b bg-attention-soft px-4 py-2 text-sm"
    >
      <p role="alert" className="flex min-w-0 items-start gap-2">
        <OctagonPause aria-hidden className="mt-0.5 size-4 shrink-0 text-attention" />
        <span>
          <span className="font-medium text-attention">{stop.by} stopped everything</span>{' '}
          {stop.immediately && 'at once '}
          <Instant ms={stop.atMs} timeZone="UTC" />: {stop.reason}
        </span>
      </p>
      <Left units={units} stop={stop} />
      <span className="flex gap-2">
        {!stop.immediately && units.some(({ status }) => status !== 'needs attention') && (
          <Button disabled={refusal !== null} title={refusal ?? undefined} onClick={onHasten}>
            Stop at once
          </Button>
        )}
        <Button disabled={refusal !== null} title={refusal ?? undefined} onClick={() => setLifting(true)}>
          Lift
        </Button>
      </span>
      <Dialog
        open={lifting}
        onOpenChange={setLifting}
        title="Lift the stop"
        description="What waited goes on. A unit that was stopped at once needs a decision on the page of its run."
      >
        {lifting && (
          <LiftForm
            onDone={() => {
              setLifting(false);
              live.refresh();
            }}
          />
        )}
      </Dialog>
    </section>
  );
}

/** What still ends, and which units are without labels. */
function Left({ units, stop }: { units: StoppedUnit[]; stop: Stop }) {
  const working = units.filter(({ status }) => status !== 'needs attention');
  const missing = units.filter(({ status, isMissing }) => status === 'needs attention' && isMissing);
  if (working.length > 0)
    return (
      <span className="text-muted">
        {count(working.length, 'unit')} {agree(working.length, 'is', 'are')}{' '}
        {stop.immediately ? 'being stopped.' : 'being brought to where no label is missing.'}
      </span>
    );
  if (missing.length === 0) return null;
  return (
    <span className="text-attention">
      Labels are missing on <Units units={missing} />.
    </span>
  );
}
