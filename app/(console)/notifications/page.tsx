import type { Metadata } from 'next';
import { NotificationsScreen } from '@/components/notifications/notifications-screen';
import { load, openPage } from '@/lib/edge/page';
import { webContext } from '@/lib/edge/web-context';
import { readNotifications } from '@/lib/notifications/view/read-notifications';

export const metadata: Metadata = { title: 'Notifications' };

export default async function NotificationsPage() {
  await openPage('/notifications');
  const initial = await load('page.notifications', 'read', readNotifications);
  return <NotificationsScreen initial={initial} nowMs={webContext().clock.now()} />;
}
