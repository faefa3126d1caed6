import { RunsAddress } from '@/lib/backfill/view/address';
import { listRuns } from '@/lib/backfill/view/list-runs';
import { route } from '@/lib/edge/route';

export const GET = route({ name: 'api.backfills', permission: 'read', input: RunsAddress, read: listRuns });
