import { SnapshotRunsAddress } from '@/lib/active-days/address';
import { listSnapshotRuns } from '@/lib/active-days/list-snapshot-runs';
import { route } from '@/lib/edge/route';

export const GET = route({
  name: 'api.snapshotRuns',
  permission: 'read',
  input: SnapshotRunsAddress,
  read: (ctx, { customer }) => listSnapshotRuns(ctx, customer),
});
