import { z } from 'zod';
import { RowHistoryQuery } from './row-history-model';

const { customerId, conversationId } = RowHistoryQuery.shape;

/** The customer and the conversation of the page of deleted rows. */
export const RowHistoryAddress = z
  .object({ customer: customerId, conversation: conversationId })
  .transform(({ customer, conversation }): RowHistoryQuery => ({ customerId: customer, conversationId: conversation }));
