import { headers } from 'next/headers';
import { signOut } from '@/app/sign-in/actions';
import { PersonProvider } from '@/components/auth/person';
import { Header } from '@/components/shell/header';
import { Hotkeys } from '@/components/shell/hotkeys';
import { OtherAddress } from '@/components/shell/other-address';
import { StopEverything } from '@/components/shell/stop-everything';
import { TicketUrlProvider } from '@/components/tickets/reason-text';
import { LoadAgain } from '@/components/ui/load-again';
import { Failed } from '@/components/ui/states';
import { release } from '@/lib/config';
import { readActor } from '@/lib/edge/actor';
import { failureOf } from '@/lib/edge/failure';
import { ownOrigins } from '@/lib/edge/origin';
import { requestIdOf } from '@/lib/edge/request-id';
import { webContext } from '@/lib/edge/web-context';

/** Every page depends on who asks for it, and a build has no engines to read from. */
export const dynamic = 'force-dynamic';

export default async function ConsoleLayout({ children }: LayoutProps<'/'>) {
  const ctx = webContext();
  const sent = await headers();
  const requestId = requestIdOf(sent);
  const asked = await readActor(ctx, requestId).then(
    (actor) => ({ actor, failure: null }),
    (error) => ({ actor: null, failure: failureOf(error, { log: ctx.log, name: 'layout', requestId }) }),
  );
  if (asked.failure)
    return (
      <main className="mx-auto max-w-2xl px-4 py-10">
        <Failed
          page
          what="Your session could not be read"
          failure={asked.failure}
          stillWorks="Runs that are under way continue."
        >
          <LoadAgain />
        </Failed>
      </main>
    );
  const { actor } = asked;
  if (!actor) return children;
  const person = { name: actor.name, role: actor.role, demo: ctx.config.auth.signIn === 'demo' };
  return (
    <PersonProvider person={person}>
      <a
        href="#content"
        className="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50 focus:rounded-md focus:bg-surface focus:px-3 focus:py-2"
      >
        Skip to content
      </a>
      <OtherAddress origins={ownOrigins(sent.get('host'), ctx.config.web.baseUrl)} />
      <StopEverything />
      <Header environment={ctx.config.environment} release={release} person={person} signOut={signOut} />
      <main id="content" className="mx-auto flex max-w-[90rem] flex-col gap-5 px-4 py-5 sm:px-6">
        <TicketUrlProvider url={ctx.config.ticketUrl}>{children}</TicketUrlProvider>
      </main>
      <Hotkeys />
    </PersonProvider>
  );
}
