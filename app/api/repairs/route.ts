import { RepairsAddress } from '@/lib/backfill/view/address';
import { listRepairs } from '@/lib/backfill/view/list-repairs';
import { route } from '@/lib/edge/route';

export const GET = route({ name: 'api.repairs', permission: 'read', input: RepairsAddress, read: listRepairs });
