'use client';

import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { useChange } from '@/components/ui/change';
import { CopyButton } from '@/components/ui/copy';
import { Dialog } from '@/components/ui/dialog';
import { Field, Input, Select } from '@/components/ui/field';
import { FailedLine } from '@/components/ui/states';
import { Instant } from '@/components/ui/time';
import { type Role, roles } from '@/lib/auth/permissions';
import { createToken } from '@/lib/sign-in/actions';

const lifetimes = [7, 30, 90, 366];
type Made = { name: string; role: Role; secret: string; expiresAtMs: number };

/** Makes a token, and shows its text once. */
export function NewToken({ onClose }: { onClose: () => void }) {
  const [made, setMade] = useState<Made | null>(null);
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={made ? `Token ${made.name}` : 'New token'}
      description={made ? undefined : 'Its text is shown once and stored nowhere. The audit names who made it.'}
    >
      {made ? <Secret made={made} onClose={onClose} /> : <Form onMade={setMade} />}
    </Dialog>
  );
}

function Form({ onMade }: { onMade: (made: Made) => void }) {
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('viewer');
  const [days, setDays] = useState(90);
  const { change, pending, failure } = useChange();
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        change(() => createToken({ name, role, days }), onMade);
      }}
    >
      <Field
        htmlFor="token-name"
        label="Name"
        hint="The audit shows it with everything that the program does."
        error={failure?.fields?.name}
      >
        <Input
          id="token-name"
          required
          autoComplete="off"
          placeholder="nightly-scan"
          maxLength={63}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
      </Field>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field htmlFor="token-role" label="Role">
          <Select id="token-role" value={role} onChange={(event) => setRole(event.target.value as Role)}>
            {roles.map((one) => (
              <option key={one}>{one}</option>
            ))}
          </Select>
        </Field>
        <Field htmlFor="token-days" label="Valid for">
          <Select id="token-days" value={days} onChange={(event) => setDays(Number(event.target.value))}>
            {lifetimes.map((one) => (
              <option key={one} value={one}>
                {one} days
              </option>
            ))}
          </Select>
        </Field>
      </div>
      {failure && !failure.fields?.name && <FailedLine failure={failure} />}
      <Button type="submit" look="primary" size="tall" className="self-start" disabled={pending || name === ''}>
        {pending ? 'Making' : 'Make the token'}
      </Button>
    </form>
  );
}

function Secret({ made: { role, secret, expiresAtMs }, onClose }: { made: Made; onClose: () => void }) {
  return (
    <div className="flex flex-col items-start gap-4">
      <p>
        Copy it now: it cannot be shown again. Its role is {role} until <Instant ms={expiresAtMs} seconds={false} />{' '}
        UTC.
      </p>
      <Input
        readOnly
        aria-label="The token"
        value={secret}
        onFocus={(event) => event.target.select()}
        className="w-full font-mono"
      />
      <div className="flex flex-wrap gap-2">
        <CopyButton text={() => secret}>Copy the token</CopyButton>
        <Button onClick={onClose}>Done</Button>
      </div>
    </div>
  );
}
