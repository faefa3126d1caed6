'use client';

import { useId, useState, useTransition } from 'react';
import { Button } from '@/components/ui/button';
import { Field, Textarea } from '@/components/ui/field';
import { FailedLine } from '@/components/ui/states';
import type { Failure, Result } from '@/lib/server/model';

export type Deed = {
  verb: string;
  look?: 'primary' | 'secondary' | 'danger';
  disabled?: boolean;
  act: (reason: string) => Promise<Result<unknown>>;
};

/** A reason and what may be done with it; the buttons wait for the reason. */
export function ReasonForm({
  label,
  placeholder,
  deeds,
  onDone,
}: {
  label: string;
  placeholder?: string;
  deeds: Deed[];
  onDone: () => void;
}) {
  const id = useId();
  const [reason, setReason] = useState('');
  const [failure, setFailure] = useState<Failure | null>(null);
  const [pending, startTransition] = useTransition();
  const act = (deed: Deed) =>
    startTransition(async () => {
      const result = await deed.act(reason);
      setFailure(result.ok ? null : result.error);
      if (result.ok) {
        setReason('');
        onDone();
      }
    });
  return (
    <form
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        const [only] = deeds;
        if (only && deeds.length === 1) act(only);
      }}
    >
      <Field htmlFor={id} label={label} error={failure?.fields?.reason}>
        <Textarea
          id={id}
          rows={2}
          placeholder={placeholder}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
        />
      </Field>
      {failure && !failure.fields?.reason && <FailedLine failure={failure} />}
      <div className="flex flex-wrap gap-2">
        {deeds.map((deed) => (
          <Button
            key={deed.verb}
            type={deeds.length === 1 ? 'submit' : 'button'}
            look={deed.look}
            size="tall"
            disabled={pending || deed.disabled || reason.trim().length < 3}
            onClick={deeds.length === 1 ? undefined : () => act(deed)}
          >
            {deed.verb}
          </Button>
        ))}
      </div>
    </form>
  );
}
