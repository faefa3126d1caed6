import { CustomerAddress } from '@/lib/backfill/view/address';
import { readCustomer } from '@/lib/backfill/view/read-customer';
import { route } from '@/lib/edge/route';

export const GET = route({
  name: 'api.customer',
  permission: 'read',
  input: CustomerAddress,
  shared: true,
  read: readCustomer,
});
