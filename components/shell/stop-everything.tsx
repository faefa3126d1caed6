'use client';

import { OctagonPause } from 'lucide-react';
import Link from 'next/link';
import { useEffect, useState } from 'react';
import { useRefusal } from '@/components/auth/person';
import { reads, routes } from '@/components/routes';
import { Button } from '@/components/ui/button';
import { Choice } from '@/components/ui/choice';
import { Dialog } from '@/components/ui/dialog';
import { unitName } from '@/components/ui/format';
import { type Live, useLive } from '@/components/ui/live';
import { ReasonForm } from '@/components/ui/reason-form';
import { Instant } from '@/components/ui/time';
import { liftStop, stopEverything } from '@/lib/backfill/control/actions';
import type { StoppedUnit, StopView } from '@/lib/backfill/state/stop-model';
import type { Stop } from '@/lib/holds/model';
import { agree, count } from '@/lib/words';
import { onCommand } from './commands';

/** The banner of every page while everything is stopped, and the dialogs that stop everything and lift it. */
export function StopEverything() {
  const live = useLive<StopView>({ url: reads.stop(), everyMs: 2_000 });
  const [open, setOpen] = useState(false);
  useEffect(() => onCommand('stop everything', () => setOpen(true)), []);
  const stop = live.data?.stop ?? null;
  return (
    <>
      {stop && <Banner stop={stop} live={live} onHasten={() => setOpen(true)} />}
      <Dialog
        open={open}
        onOpenChange={setOpen}
        title="Stop everything"
        description="Runs, campaigns, scans and previews stop within a second, and nothing begins until somebody lifts it."
      >
        {open && (
          <StopForm
            units={live.data?.units ?? []}
            stop={stop}
            onDone={() => {
              setOpen(false);
              live.refresh();
            }}
          />
        )}
      </Dialog>
    </>
  );
}

function Banner({ stop, live, onHasten }: { stop: Stop; live: Live<StopView>; onHasten: () => void }) {
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
          <ReasonForm
            actions={[{ verb: 'Lift', look: 'primary', act: (reason) => liftStop({ reason }) }]}
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

const shownMost = 4;

function Units({ units }: { units: StoppedUnit[] }) {
  return (
    <>
      {units.slice(0, shownMost).map((one, at) => (
        <span key={`${one.runId} ${one.unit}`}>
          {at > 0 && ', '}
          <Link href={routes.run(one.runId)} className="underline">
            {one.customerId} {unitName(one.unit)}
          </Link>{' '}
          ({count(one.labelRows, 'row')})
        </span>
      ))}
      {units.length > shownMost && ` and ${count(units.length - shownMost, 'more unit', 'more units')}`}
    </>
  );
}

function StopForm({ units, stop, onDone }: { units: StoppedUnit[]; stop: Stop | null; onDone: () => void }) {
  const refusal = useRefusal('everything.stop');
  const [atOnce, setAtOnce] = useState(stop !== null);
  const working = units.filter(({ status }) => status !== 'needs attention');
  const missing = working.filter(({ isMissing }) => isMissing);
  return (
    <ReasonForm
      placeholder="The cluster is overloaded, incident 4711"
      actions={[
        {
          verb: atOnce ? 'Stop everything at once' : 'Stop everything',
          look: 'danger',
          disabled: refusal !== null,
          act: (reason) => stopEverything({ reason, immediately: atOnce }),
        },
      ]}
      onDone={onDone}
    >
      {refusal && <p className="text-muted text-sm">{refusal}</p>}
      {!stop && (
        <Choice
          group="stop"
          value="boundary"
          chosen={!atOnce}
          onChoose={() => setAtOnce(false)}
          title="At the next safe place"
        >
          {working.length === 0
            ? 'No unit is in work, so nothing is left half done.'
            : `${count(working.length, 'unit')} in work first ${agree(working.length, 'comes', 'come')} to where no label is missing; that takes as long as its mutation and its relabel.`}
        </Choice>
      )}
      <Choice group="stop" value="now" chosen={atOnce} onChoose={() => setAtOnce(true)} title="At once">
        {missing.length === 0 ? (
          'Jobs are stopped as well. No label is missing at this moment.'
        ) : (
          <>
            Jobs are stopped as well, also between a delete and its relabel. Labels would be missing on{' '}
            <Units units={missing} /> until somebody resumes these runs. A delete that was submitted goes on in
            ClickHouse.
          </>
        )}
      </Choice>
    </ReasonForm>
  );
}
