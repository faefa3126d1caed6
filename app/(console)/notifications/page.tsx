import type { Metadata } from 'next';
import { NotificationsScreen } from '@/components/notifications/notifications-screen';
import { firstOf, load, openPage } from '@/lib/edge/page';
import { webContext } from '@/lib/edge/web-context';
import { CasesAddress } from '@/lib/notifications/address';
import { readNotifications } from '@/lib/notifications/view/read-notifications';

export const metadata: Metadata = { title: 'Notifications' };

export default async function NotificationsPage({ searchParams }: PageProps<'/notifications'>) {
  const query = await firstOf(searchParams);
  await openPage('/notifications', query);
  const asked = CasesAddress.safeParse({ page: query.cases, event: query.event }).data;
  const initial = await load('page.notifications', 'read', (ctx) => readNotifications(ctx, asked));
  return <NotificationsScreen initial={initial} nowMs={webContext().clock.now()} />;
}
