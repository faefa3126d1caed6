import { Layers } from 'lucide-react';
import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { SignInForm } from '@/components/auth/sign-in-form';
import { demoSignInAllowed } from '@/lib/auth/demo';
import { readActor } from '@/lib/server/actor';
import { webContext } from '@/lib/server/web-context';
import { signIn } from './actions';

export const dynamic = 'force-dynamic';
export const metadata: Metadata = { title: 'Sign in' };

/** Only a path of this console, never another site. */
const safe = (text: unknown): string => (typeof text === 'string' && /^\/(?![/\\])/.test(text) ? text : '/customers');

export default async function SignInPage({ searchParams }: PageProps<'/sign-in'>) {
  const ctx = webContext();
  const returnTo = safe((await searchParams).returnTo);
  if (await readActor(ctx)) redirect(returnTo as never);
  return (
    <main className="mx-auto flex min-h-dvh w-full max-w-sm flex-col justify-center gap-6 px-4 py-10">
      <div>
        <p className="flex items-center gap-2 font-semibold">
          <Layers aria-hidden className="size-4 text-accent" />
          Stale labels
        </p>
        <h1 className="mt-4 font-semibold text-2xl tracking-tight">Sign in</h1>
        <p className="mt-1 text-muted">
          {demoSignInAllowed(ctx.config)
            ? `This is the ${ctx.config.environment.name} on this machine: choose who you are.`
            : 'This console is not a demo on this machine, so a role cannot be chosen. Ask its owner for the address of the sign-in.'}
        </p>
      </div>
      {demoSignInAllowed(ctx.config) && <SignInForm returnTo={returnTo} signIn={signIn} />}
    </main>
  );
}
