import type { Metadata } from 'next';
import { ScheduleScreen } from '@/components/schedule/schedule-screen';
import { WatchTabs } from '@/components/shell/place-tabs';
import { scheduleQueryOf } from '@/lib/detection/schedule/query-model';
import { readSchedule } from '@/lib/detection/schedule/read-schedule';
import { firstOf, load, openPage } from '@/lib/edge/page';

export const metadata: Metadata = { title: 'Schedule' };

export default async function SchedulePage({ searchParams }: PageProps<'/schedule'>) {
  const asked = await firstOf(searchParams);
  await openPage('/schedule', asked);
  const initial = await load('page.schedule', 'read', (ctx) => readSchedule(ctx, scheduleQueryOf(asked)));
  return (
    <>
      <WatchTabs />
      <ScheduleScreen initial={initial} />
    </>
  );
}
