import { DaysFileAddress } from '@/lib/detection/view/address';
import { exportDays } from '@/lib/detection/view/export-lists';
import { fileResponse } from '@/lib/edge/file-response';
import { route } from '@/lib/edge/route';

export const GET = route({
  name: 'api.daysFile',
  permission: 'read',
  input: DaysFileAddress,
  read: async (ctx, of) =>
    fileResponse(
      { name: `days-${of.customerId}-${of.fromDay}-${of.toDay}`, format: of.format },
      await exportDays(ctx, of),
    ),
});
