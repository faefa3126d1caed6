import { RunsFileAddress } from '@/lib/backfill/view/address';
import { exportRuns } from '@/lib/backfill/view/export-runs';
import { fileResponse } from '@/lib/edge/file-response';
import { route } from '@/lib/edge/route';

export const GET = route({
  name: 'api.runsFile',
  permission: 'read',
  input: RunsFileAddress,
  read: (ctx, of) => fileResponse({ name: 'runs', format: of.format }, exportRuns(ctx, of)),
});
