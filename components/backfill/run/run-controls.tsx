'use client';

import { useState } from 'react';
import { useRefusal } from '@/components/auth/person';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { ReasonForm } from '@/components/ui/reason-form';
import { controlRun } from '@/lib/backfill/control/actions';
import { isCancel } from '@/lib/backfill/state/choice-model';
import type { ControlOffer, RunView } from '@/lib/backfill/state/model';
import { CancelRun } from './cancel-run';

/** What a person may do with the run now. The recommended control is the primary button. */
export function RunControls({ run, onDone }: { run: RunView; onDone: () => void }) {
  const refusal = useRefusal('backfill.control');
  const [chosen, setChosen] = useState<ControlOffer | null>(null);
  return (
    <>
      {run.offers
        .filter(({ control }) => !isCancel(control))
        .map((offer) => (
          <Button
            key={offer.control}
            look={offer.look === 'primary' ? 'primary' : 'secondary'}
            disabled={refusal !== null}
            title={refusal ?? offer.effect}
            onClick={() => setChosen(offer)}
          >
            {offer.verb}
          </Button>
        ))}
      <CancelRun run={run} onDone={onDone} />
      <Dialog
        open={chosen !== null}
        onOpenChange={(open) => !open && setChosen(null)}
        title={chosen?.verb ?? ''}
        description={chosen?.effect}
      >
        {chosen && (
          <ReasonForm
            actions={[
              {
                verb: chosen.verb,
                look: chosen.control === 'close' ? 'danger' : 'primary',
                act: (reason) => controlRun({ runId: run.id, control: chosen.control, reason, seen: chosen.seen }),
              },
            ]}
            onDone={() => {
              setChosen(null);
              onDone();
            }}
          />
        )}
      </Dialog>
    </>
  );
}
