import type { Metadata } from 'next';
import { SessionsScreen } from '@/components/auth/sessions-screen';
import { listSessions } from '@/lib/server/auth/list-sessions';
import { load, openPage } from '@/lib/server/page';

export const metadata: Metadata = { title: 'Sessions' };

export default async function SessionsPage() {
  await openPage('/sessions');
  const initial = await load('page.sessions', 'read', (ctx, actor) => listSessions(ctx, {}, actor));
  return <SessionsScreen initial={initial} />;
}
