'use client';

import { Eye, ShieldCheck, Wrench } from 'lucide-react';
import type { Route } from 'next';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { useChange } from '@/components/ui/change';
import { cn } from '@/components/ui/cn';
import { Field, Input } from '@/components/ui/field';
import { FailedLine } from '@/components/ui/states';
import type { Role } from '@/lib/auth/permissions';
import type { Result } from '@/lib/edge/model';

const choices: { role: Role; name: string; may: string; icon: typeof Eye }[] = [
  { role: 'viewer', name: 'Demo viewer', may: 'See everything', icon: Eye },
  { role: 'operator', name: 'Demo operator', may: 'Scan, plan and run backfills', icon: Wrench },
  { role: 'approver', name: 'Demo approver', may: 'Also large runs and undo', icon: ShieldCheck },
];
const nameOf = (role: Role): string => choices.find((choice) => choice.role === role)?.name ?? '';

/**
 * The demo's sign-in: a name for the audit, and a role. Each role has another name unless one is typed, so that the
 * approver is not the person who asked.
 */
export function SignInForm({
  returnTo,
  signIn,
}: {
  returnTo: string;
  signIn: (input: { name: string; role: Role }) => Promise<Result<null>>;
}) {
  const router = useRouter();
  const [role, setRole] = useState<Role>('operator');
  const [written, setWritten] = useState<string | null>(null);
  const name = written ?? nameOf(role);
  const { change, pending, failure } = useChange();

  function submit(event: React.FormEvent<HTMLFormElement>) {
    event.preventDefault();
    change(
      () => signIn({ name, role }),
      () => {
        router.replace(returnTo as Route);
        router.refresh();
      },
    );
  }

  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <Field
        htmlFor="name"
        label="Your name"
        hint={
          role === 'approver'
            ? 'An approver decides on what another name asked for. The audit shows the name with everything that you do.'
            : 'The audit shows it with everything that you do.'
        }
        error={failure?.fields?.name}
      >
        <Input
          id="name"
          name="name"
          required
          maxLength={80}
          autoComplete="off"
          value={name}
          onChange={(event) => setWritten(event.target.value)}
        />
      </Field>
      <fieldset className="flex flex-col gap-1.5">
        <legend className="mb-1 font-medium text-muted text-xs">Role</legend>
        {choices.map(({ role: value, may, icon: Icon }) => (
          <label
            key={value}
            className={cn(
              'flex cursor-pointer items-center gap-3 rounded-lg border px-3 py-2 has-[:focus-visible]:outline-2 has-[:focus-visible]:outline-focus has-[:focus-visible]:outline-offset-2',
              role === value ? 'border-accent bg-raised' : 'border-line hover:bg-raised/60',
            )}
          >
            <input
              type="radio"
              name="role"
              value={value}
              checked={role === value}
              onChange={() => setRole(value)}
              className="accent-accent"
            />
            <span className="flex-1">
              <span className="block font-medium capitalize">{value}</span>
              <span className="block text-muted text-xs">{may}</span>
            </span>
            <Icon aria-hidden className="size-4 text-muted" />
          </label>
        ))}
      </fieldset>
      {failure && !failure.fields?.name && <FailedLine failure={failure} />}
      <Button type="submit" look="primary" disabled={pending}>
        {pending ? 'Signing in' : 'Sign in'}
      </Button>
    </form>
  );
}
