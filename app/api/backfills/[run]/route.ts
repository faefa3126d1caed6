import { RunAddress } from '@/lib/backfill/view/address';
import { getRun } from '@/lib/backfill/view/get-run';
import { route } from '@/lib/edge/route';

export const GET = route({
  name: 'api.run',
  permission: 'read',
  input: RunAddress,
  shared: true,
  read: (ctx, { run, ...wanted }) => getRun(ctx, run, wanted),
});
