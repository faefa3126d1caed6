'use client';

import { useId, useState } from 'react';
import type { Result } from '@/lib/edge/model';
import { Button } from './button';
import { useChange } from './change';
import { Field, Textarea } from './field';
import { FailedLine } from './states';

type Action<T> = {
  verb: string;
  /** The text of the button while it is under way. */
  doing?: string;
  look?: 'primary' | 'secondary' | 'danger';
  disabled?: boolean;
  act: (reason: string) => Promise<Result<T>>;
};

/** A reason, and a button for each action. Unless the reason is optional, the buttons wait for it. */
export function ReasonForm<T>({
  label = 'Reason, for the audit',
  placeholder,
  optional = false,
  actions,
  onDone,
  remedy,
  children,
}: {
  label?: string;
  placeholder?: string;
  optional?: boolean;
  actions: Action<T>[];
  onDone: (data: T) => void;
  /** Shown with a failure: what may help. */
  remedy?: React.ReactNode;
  /** Above the reason. */
  children?: React.ReactNode;
}) {
  const id = useId();
  const [reason, setReason] = useState('');
  const { change, pending, failure } = useChange();
  const act = (action: Action<T>) =>
    change(
      () => action.act(reason),
      (data) => {
        setReason('');
        onDone(data);
      },
    );
  const written = reason.trim().length;
  const tooShort = !optional && written > 0 && written < 3;
  const [only] = actions.length === 1 ? actions : [];
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (only) act(only);
      }}
    >
      {children}
      <Field
        htmlFor={id}
        label={label}
        error={failure?.fields?.reason}
        hint={tooShort ? 'Write at least 3 characters.' : undefined}
      >
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
        {actions.map((action) => (
          <Button
            key={action.verb}
            type={only ? 'submit' : 'button'}
            look={action.look}
            size="tall"
            disabled={pending || action.disabled || (!optional && written < 3)}
            onClick={only ? undefined : () => act(action)}
          >
            {pending && action.doing ? action.doing : action.verb}
          </Button>
        ))}
      </div>
    </form>
  );
}
