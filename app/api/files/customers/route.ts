import { CustomersFileAddress } from '@/lib/detection/view/address';
import { exportCustomers } from '@/lib/detection/view/export-lists';
import { fileResponse } from '@/lib/edge/file-response';
import { route } from '@/lib/edge/route';

export const GET = route({
  name: 'api.customersFile',
  permission: 'read',
  input: CustomersFileAddress,
  read: async (ctx, of) => fileResponse({ name: 'customers', format: of.format }, await exportCustomers(ctx, of)),
});
