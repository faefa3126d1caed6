import { Layers } from 'lucide-react';
import type { Metadata, Route } from 'next';
import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { SignInForm } from '@/components/auth/sign-in-form';
import { SignInNotice } from '@/components/auth/sign-in-notice';
import { SignInProvider } from '@/components/auth/sign-in-provider';
import { OtherAddress } from '@/components/shell/other-address';
import { safeReturnTo } from '@/lib/auth/model';
import { readActor, sentSecret } from '@/lib/edge/actor';
import { ownOrigins } from '@/lib/edge/origin';
import { firstOf } from '@/lib/edge/page';
import { webContext } from '@/lib/edge/web-context';
import { kindOfPage, linkPreview } from '../link-preview';
import { signIn } from './actions';

export const dynamic = 'force-dynamic';
/**
 * A link that is followed without a session ends here, as for the preview in a chat. It says which kind of page the link
 * leads to, and nothing of what is on it: people who may not sign in see previews too.
 */
export async function generateMetadata({ searchParams }: PageProps<'/sign-in'>): Promise<Metadata> {
  const kind = kindOfPage(safeReturnTo((await firstOf(searchParams)).returnTo));
  return { title: 'Sign in', ...(kind && { openGraph: { ...linkPreview, title: kind } }) };
}

export default async function SignInPage({ searchParams }: PageProps<'/sign-in'>) {
  const ctx = webContext();
  const query = await firstOf(searchParams);
  const returnTo = safeReturnTo(query.returnTo);
  if (await readActor(ctx).catch(() => null)) redirect(returnTo as Route);
  const { signIn: way, oidc } = ctx.config.auth;
  const { name } = ctx.config.environment;
  const what = {
    demo: `This is the ${name} on this machine. Choose who you are.`,
    oidc: `This is the ${name}. Your role comes from your groups.`,
    none: 'No sign-in is set up here. The operator of this console has to set SLC_OIDC_ISSUER; docs/operations.md says how.',
  };
  return (
    <main className="mx-auto flex min-h-dvh w-full max-w-sm flex-col justify-center gap-6 px-4 py-10">
      <div>
        <p className="flex items-center gap-2 font-semibold">
          <Layers aria-hidden className="size-4 text-accent" />
          Stale labels
        </p>
        <h1 className="mt-4 font-semibold text-2xl tracking-tight">Sign in</h1>
        <p className="mt-1 text-muted">{what[way]}</p>
      </div>
      <OtherAddress origins={ownOrigins((await headers()).get('host'), ctx.config.web.baseUrl)} />
      <SignInNotice
        problem={query.problem}
        request={query.request}
        signedOut={query.signedOut}
        ended={(await sentSecret(ctx)) !== undefined}
      />
      {way === 'demo' && <SignInForm returnTo={returnTo} signIn={signIn} />}
      {oidc && (
        <SignInProvider host={new URL(oidc.issuer).host} returnTo={returnTo} again={query.problem === 'no role'} />
      )}
    </main>
  );
}
