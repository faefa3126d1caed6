import { WhyAddress } from '@/lib/detection/view/address';
import { readWhy } from '@/lib/detection/view/read-why';
import { route } from '@/lib/edge/route';

export const GET = route({
  name: 'api.why',
  permission: 'read',
  input: WhyAddress,
  shared: true,
  read: readWhy,
});
