'use client';

import { useId, useState } from 'react';
import type { Result } from '@/lib/edge/model';
import { Button } from './button';
import { useChange } from './change';
import { Field, Textarea } from './field';
import { FailedLine } from './states';

type Deed<T> = {
  verb: string;
  /** What the button says meanwhile. */
  doing?: string;
  look?: 'primary' | 'secondary' | 'danger';
  disabled?: boolean;
  act: (reason: string) => Promise<Result<T>>;
};

/** A reason and what may be done with it; the buttons wait for the reason unless it is optional. */
export function ReasonForm<T>({
  label = 'Reason, for the audit',
  placeholder,
  optional = false,
  deeds,
  onDone,
  remedy,
  children,
}: {
  label?: string;
  placeholder?: string;
  optional?: boolean;
  deeds: Deed<T>[];
  onDone: (data: T) => void;
  /** What may help after a failure. */
  remedy?: React.ReactNode;
  /** Above the reason. */
  children?: React.ReactNode;
}) {
  const id = useId();
  const [reason, setReason] = useState('');
  const { change, pending, failure } = useChange();
  const act = (deed: Deed<T>) =>
    change(
      () => deed.act(reason),
      (data) => {
        setReason('');
        onDone(data);
      },
    );
  const [only] = deeds.length === 1 ? deeds : [];
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (only) act(only);
      }}
    >
      {children}
      <Field htmlFor={id} label={label} error={failure?.fields?.reason}>
        <Textarea
          id={id}
          required={!optional}
          rows={2}
          placeholder={placeholder}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
        />
      </Field>
      {failure && !failure.fields?.reason && (
        <div className="flex flex-col items-start gap-2">
          <FailedLine failure={failure} />
          {remedy}
        </div>
      )}
      <div className="flex flex-wrap gap-2">
        {deeds.map((deed) => (
          <Button
            key={deed.verb}
            type={only ? 'submit' : 'button'}
            look={deed.look}
            size="tall"
            disabled={pending || deed.disabled || (!optional && reason.trim().length < 3)}
            onClick={only ? undefined : () => act(deed)}
          >
            {pending && deed.doing ? deed.doing : deed.verb}
          </Button>
        ))}
      </div>
    </form>
  );
}
