import { RunsAddress } from '@/app/(console)/backfills/address';
import { listRuns } from '@/lib/backfill/list-runs';
import { route } from '@/lib/server/route';

export const GET = route({ name: 'api.backfills', permission: 'read', input: RunsAddress, read: listRuns });
