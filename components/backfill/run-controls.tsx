'use client';

import { ChevronDown } from 'lucide-react';
import { useState } from 'react';
import { useRefusal } from '@/components/auth/person';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { Menu, MenuItem } from '@/components/ui/menu';
import { ReasonForm } from '@/components/ui/reason-form';
import { controlRun } from '@/lib/backfill/actions';
import type { RunView } from '@/lib/backfill/model';

type Control = RunView['controls'][number];

const controls: Record<Control, { verb: string; effect: string; loud?: boolean }> = {
  'cancel after day': {
    verb: 'Cancel after this day',
    effect: 'The day at work is finished and verified; the days after it are not begun.',
  },
  'cancel after step': {
    verb: 'Cancel after this step',
    effect:
      'Stops as soon as the step at work ends. If labels were deleted already, they stay missing until a relabel.',
    loud: true,
  },
  resume: { verb: 'Resume', effect: 'Goes on where the run stopped.' },
  retry: { verb: 'Retry from the failed step', effect: 'A new attempt of the step that failed, with a new Job.' },
  'relabel only': { verb: 'Relabel only', effect: 'Writes the labels of the day again, before anything else.' },
  close: { verb: 'Close the run', effect: 'Ends the run as it is, so that another may cover these days.', loud: true },
};

/** Cancel, resume, retry, relabel, close: what is possible now; each with a reason. */
export function RunControls({ run, onDone }: { run: RunView; onDone: () => void }) {
  const refusal = useRefusal('backfill.control');
  const [chosen, setChosen] = useState<Control | null>(null);
  const cancels = run.controls.filter((control) => control.startsWith('cancel'));
  const others = run.controls.filter((control) => !control.startsWith('cancel'));
  return (
    <>
      {others.map((control) => (
        <Button
          key={control}
          look={control === 'close' ? 'secondary' : 'primary'}
          disabled={refusal !== null}
          title={refusal ?? controls[control].effect}
          onClick={() => setChosen(control)}
        >
          {controls[control].verb}
        </Button>
      ))}
      {cancels.length > 0 && (
        <Menu
          disabled={refusal !== null}
          title={refusal ?? undefined}
          button={
            <>
              Cancel
              <ChevronDown aria-hidden className="size-3.5" />
            </>
          }
        >
          {cancels.map((control) => (
            <MenuItem key={control} onSelect={() => setChosen(control)} hint={controls[control].effect}>
              {controls[control].verb}
            </MenuItem>
          ))}
        </Menu>
      )}
      <Dialog
        open={chosen !== null}
        onOpenChange={(open) => !open && setChosen(null)}
        title={chosen ? controls[chosen].verb : ''}
        description={chosen ? controls[chosen].effect : undefined}
      >
        {chosen && (
          <ReasonForm
            deeds={[
              {
                verb: controls[chosen].verb,
                look: controls[chosen].loud ? 'danger' : 'primary',
                act: (reason) => controlRun({ runId: run.id, control: chosen, reason }),
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
