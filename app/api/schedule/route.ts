import { ScheduleQuery } from '@/lib/detection/schedule/query-model';
import { readSchedule } from '@/lib/detection/schedule/read-schedule';
import { route } from '@/lib/edge/route';

export const GET = route({
  name: 'api.schedule',
  permission: 'read',
  input: ScheduleQuery,
  shared: true,
  read: readSchedule,
});
