import { z } from 'zod';
import { CustomerId, RegisteredCustomer } from '../model';

/** What a person may change of a customer; the id stays. `version` is that of what the person saw. */
export const EditCustomer = RegisteredCustomer.omit({ id: true }).extend({
  customerId: CustomerId,
  version: z.number().int().positive(),
});
export type EditCustomer = z.input<typeof EditCustomer>;

/** To pause, to resume or to retire a customer, and why. */
export const SetCustomerState = z.object({
  customerId: CustomerId,
  version: z.number().int().positive(),
  state: z.enum(['active', 'paused', 'retired']),
  reason: z
    .string()
    .trim()
    .min(3, 'Write at least 3 characters: the audit shows it.')
    .max(500, 'Write at most 500 characters.'),
});
export type SetCustomerState = z.input<typeof SetCustomerState>;
