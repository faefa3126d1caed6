'use client';

import { ChevronDown } from 'lucide-react';
import { useState, useTransition } from 'react';
import { useRefusal } from '@/components/auth/person';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { Field, Textarea } from '@/components/ui/field';
import { Menu, MenuItem } from '@/components/ui/menu';
import { FailedLine } from '@/components/ui/states';
import { controlRun } from '@/lib/backfill/actions';
import type { RunView } from '@/lib/backfill/model';
import type { Failure } from '@/lib/server/model';

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
            runId={run.id}
            control={chosen}
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

function ReasonForm({ runId, control, onDone }: { runId: string; control: Control; onDone: () => void }) {
  const [reason, setReason] = useState('');
  const [failure, setFailure] = useState<Failure | null>(null);
  const [pending, startTransition] = useTransition();
  function submit(event: React.FormEvent) {
    event.preventDefault();
    startTransition(async () => {
      const result = await controlRun({ runId, control, reason });
      if (result.ok) onDone();
      else setFailure(result.error);
    });
  }
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <Field htmlFor="control-reason" label="Reason, for the audit" error={failure?.fields?.reason}>
        <Textarea
          id="control-reason"
          required
          minLength={3}
          rows={2}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
        />
      </Field>
      {failure && !failure.fields?.reason && <FailedLine failure={failure} />}
      <Button
        type="submit"
        look={controls[control].loud ? 'danger' : 'primary'}
        disabled={pending || reason.trim().length < 3}
      >
        {controls[control].verb}
      </Button>
    </form>
  );
}
