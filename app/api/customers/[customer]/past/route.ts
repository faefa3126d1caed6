import { PastAddress } from '@/lib/detection/view/address';
import { readPast } from '@/lib/detection/view/read-past';
import { route } from '@/lib/edge/route';

export const GET = route({ name: 'api.past', permission: 'read', input: PastAddress, read: readPast });
