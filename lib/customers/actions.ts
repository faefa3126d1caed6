'use server';

import { z } from 'zod';
import { action } from '@/lib/edge/action';
import { addCustomer as add } from './add-customer';
import { editCustomer as edit, setCustomerState as setState } from './change/change-customer';
import { EditCustomer, SetCustomerState } from './change/model';
import { checkCustomer as check } from './check-customer';
import { CustomerId, RegisteredCustomer } from './model';

export const addCustomer = action({
  name: 'customers.add',
  permission: 'customers.manage',
  input: RegisteredCustomer,
  verb: add,
});

export const checkCustomer = action({
  name: 'customers.check',
  permission: 'read',
  input: z.object({ customerId: CustomerId }),
  verb: (ctx, { customerId }) => check(ctx, customerId),
});

export const editCustomer = action({
  name: 'customers.edit',
  permission: 'customers.manage',
  input: EditCustomer,
  verb: edit,
});

export const setCustomerState = action({
  name: 'customers.state',
  permission: 'customers.manage',
  input: SetCustomerState,
  verb: setState,
});
