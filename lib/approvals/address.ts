import { z } from 'zod';
import { CustomerId } from '@/lib/customers/model';
import { PlanHash } from './model';
import { approvalKinds, approvalStates } from './state-model';

/** The filters of the list of approvals, as `listApprovals` takes them. */
export const ApprovalsAddress = z
  .object({ customer: CustomerId.optional(), state: z.enum(approvalStates).optional() })
  .transform(({ customer, state }) => ({ customerId: customer, state, rowsMax: 200 }));

export const ApprovalAddress = z.object({ approval: z.uuid('This is not an approval’s id.') });

export const PlanAddress = z.object({ kind: z.enum(approvalKinds), planHash: PlanHash });
