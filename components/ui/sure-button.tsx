'use client';

import { useState } from 'react';
import type { Result } from '@/lib/edge/model';
import { Button } from './button';
import { useChange } from './change';
import { Dialog } from './dialog';
import { FailedLine } from './states';

/** A button that says in a dialog what it ends, and acts there. `label` names it for screen readers. */
export function SureButton<T>({
  verb,
  label,
  title,
  effect,
  act,
  onDone,
}: {
  verb: string;
  label: string;
  title: string;
  effect: string;
  act: () => Promise<Result<T>>;
  /** Also called after a failure: what it would end may have ended meanwhile. */
  onDone: () => void;
}) {
  const [open, setOpen] = useState(false);
  const { change, pending, failure } = useChange();
  return (
    <>
      <Button size="sm" aria-label={label} onClick={() => setOpen(true)}>
        {verb}
      </Button>
      <Dialog open={open} onOpenChange={setOpen} title={title} description={effect}>
        <div className="flex flex-col items-start gap-3">
          {failure && <FailedLine failure={failure} />}
          <Button
            look="danger"
            size="tall"
            disabled={pending}
            onClick={() =>
              change(
                act,
                () => {
                  setOpen(false);
                  onDone();
                },
                onDone,
              )
            }
          >
            {verb}
          </Button>
        </div>
      </Dialog>
    </>
  );
}
