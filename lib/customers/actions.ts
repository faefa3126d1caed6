'use server';

import { z } from 'zod';
import { action } from '@/lib/edge/action';
import { addCustomer as add } from './add-customer';
import { checkCustomer as check } from './check-customer';
import { Customer, CustomerId } from './model';

export const addCustomer = action({
  name: 'customers.add',
  permission: 'customers.manage',
  input: Customer,
  verb: add,
});

export const checkCustomer = action({
  name: 'customers.check',
  permission: 'read',
  input: z.object({ customerId: CustomerId }),
  verb: (ctx, { customerId }) => check(ctx, customerId),
});
