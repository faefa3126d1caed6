import { TrendAddress } from '@/lib/detection/view/address';
import { readTrend } from '@/lib/detection/view/read-trend';
import { route } from '@/lib/edge/route';

export const GET = route({
  name: 'api.trend',
  permission: 'read',
  input: TrendAddress,
  shared: true,
  read: readTrend,
});
