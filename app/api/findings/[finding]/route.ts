import { route } from '@/lib/edge/route';
import { FindingAddress } from '@/lib/findings/address';
import { getFinding } from '@/lib/findings/get-finding';

export const GET = route({ name: 'api.finding', permission: 'read', input: FindingAddress, read: getFinding });
