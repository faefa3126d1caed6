import { z } from 'zod';
import { channels, events } from './model';
import { deliveryStates } from './view-model';

const Page = z.coerce.number('A page is a number.').int().min(0).max(1_000_000);

/** Which page (from 0) of the messages, of which channel and state. */
export const DeliveriesAddress = z.object({
  page: Page.optional(),
  channel: z.enum(channels).optional(),
  state: z.enum(deliveryStates).optional(),
});

/** Which page (from 0) of the open cases, of which event. */
export const CasesAddress = z.object({ page: Page.optional(), event: z.enum(events).optional() });
