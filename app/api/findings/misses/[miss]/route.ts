import { route } from '@/lib/edge/route';
import { MissAddress } from '@/lib/findings/address';
import { getMiss } from '@/lib/findings/misses/list-misses';

export const GET = route({ name: 'api.miss', permission: 'read', input: MissAddress, read: getMiss });
