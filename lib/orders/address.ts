import { z } from 'zod';
import { orderStatuses } from './model';

export const OrdersAddress = z.object({ status: z.enum(orderStatuses).optional() });

export const OrderAddress = z.object({ order: z.uuid('This is not a standing order’s id.') });
