import type { Metadata } from 'next';
import { SessionsScreen } from '@/components/auth/sessions-screen';
import { load, openPage } from '@/lib/edge/page';
import { listSessions } from '@/lib/sign-in/list-sessions';

export const metadata: Metadata = { title: 'Sessions' };

export default async function SessionsPage() {
  await openPage('/sessions');
  const initial = await load('page.sessions', 'read', (ctx, actor) => listSessions(ctx, {}, actor));
  return <SessionsScreen initial={initial} />;
}
