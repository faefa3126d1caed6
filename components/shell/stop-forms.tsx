'use client';

import { useState } from 'react';
import { useRefusal } from '@/components/auth/person';
import { Choice } from '@/components/ui/choice';
import { ReasonForm } from '@/components/ui/reason-form';
import { liftStop, stopEverything } from '@/lib/backfill/control/actions';
import type { StoppedUnit } from '@/lib/backfill/state/stop-model';
import type { Stop } from '@/lib/holds/model';
import { agree, count } from '@/lib/words';
import { Units } from './stopped-units';

/** Stops everything, or hastens a stop. */
export function StopForm({ units, stop, onDone }: { units: StoppedUnit[]; stop: Stop | null; onDone: () => void }) {
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

/** Lifts the stop. */
export function LiftForm({ onDone }: { onDone: () => void }) {
  return (
    <ReasonForm actions={[{ verb: 'Lift', look: 'primary', act: (reason) => liftStop({ reason }) }]} onDone={onDone} />
  );
}
