'use client';

import { useEffect, useState } from 'react';
import { useRefusal } from '@/components/auth/person';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { Dialog } from '@/components/ui/dialog';
import { ReasonForm } from '@/components/ui/reason-form';
import { controlRun, stayRun } from '@/lib/backfill/control/actions';
import { isCancel } from '@/lib/backfill/state/choice-model';
import type { ControlOffer, RunView } from '@/lib/backfill/state/model';
import { StayLine } from './stay-line';

/** A stay ends ten seconds after it was last renewed. */
const keepEveryMs = 3_000;

/** Cancels a run. While the dialog is open the run is stayed before its next delete, and the choices follow the run. */
export function CancelRun({ run, onDone }: { run: RunView; onDone: () => void }) {
  const refusal = useRefusal('backfill.control');
  const [open, setOpen] = useState(false);
  const offers = run.offers.filter(({ control }) => isCancel(control));
  if (offers.length === 0 && !open) return null;
  return (
    <>
      <Button disabled={refusal !== null} title={refusal ?? undefined} onClick={() => setOpen(true)}>
        Cancel
      </Button>
      <Dialog open={open} onOpenChange={setOpen} title="Cancel the run" description={run.next}>
        {open && (
          <Choices
            run={run}
            offers={offers}
            onDone={() => {
              setOpen(false);
              onDone();
            }}
          />
        )}
      </Dialog>
    </>
  );
}

/** Stays the run while the component is mounted. */
function useStay(runId: string): void {
  useEffect(() => {
    void stayRun({ runId, stay: 'take' });
    const keeping = setInterval(() => void stayRun({ runId, stay: 'keep' }), keepEveryMs);
    return () => {
      clearInterval(keeping);
      void stayRun({ runId, stay: 'release' });
    };
  }, [runId]);
}

const offerKey = ({ control, seen }: ControlOffer) => `${control}, ${seen}`;

function Choices({ run, offers, onDone }: { run: RunView; offers: ControlOffer[]; onDone: () => void }) {
  useStay(run.id);
  const [chosen, setChosen] = useState(() => (offers[0] ? offerKey(offers[0]) : ''));
  const offer = offers.find((one) => offerKey(one) === chosen);
  return (
    <ReasonForm
      optional
      label="Reason, for the audit (optional)"
      actions={[
        {
          verb: offer?.verb ?? 'Choose again',
          look: offer?.look === 'danger' ? 'danger' : 'primary',
          disabled: !offer,
          act: (reason) =>
            controlRun({ runId: run.id, control: offer?.control ?? 'cancel after day', reason, seen: offer?.seen }),
        },
      ]}
      onDone={onDone}
    >
      <StayLine stay={run.stay} />
      {!offer && (
        <p role="alert" className="text-attention text-sm">
          {offers.length > 0
            ? 'The run has moved on. Choose again.'
            : 'The run has moved on and can no longer be cancelled.'}
        </p>
      )}
      <fieldset className="flex flex-col gap-2">
        <legend className="sr-only">How to cancel</legend>
        {offers.map((one) => (
          <label
            key={offerKey(one)}
            className={cn(
              'flex items-start gap-2.5 rounded-lg border p-3 text-sm',
              offerKey(one) === chosen ? 'border-accent' : 'border-line',
            )}
          >
            <input
              type="radio"
              name="cancel"
              className="mt-0.5 accent-accent"
              checked={offerKey(one) === chosen}
              onChange={() => setChosen(offerKey(one))}
            />
            <span>
              <span className={cn('block font-medium', one.look === 'danger' && 'text-attention')}>{one.verb}</span>
              <span className="block text-muted">{one.effect}</span>
            </span>
          </label>
        ))}
      </fieldset>
    </ReasonForm>
  );
}
