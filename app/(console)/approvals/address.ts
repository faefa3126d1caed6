import { z } from 'zod';
import { approvalKinds, approvalStates, PlanHash } from '@/lib/approvals/model';
import { CustomerId } from '@/lib/customers/model';

/** The filters of the list of approvals, as `listApprovals` takes them. */
export const ApprovalsAddress = z
  .object({ customer: CustomerId.optional(), state: z.enum(approvalStates).optional() })
  .transform(({ customer, state }) => ({ customerId: customer, state, rowsMax: 200 }));

export const ApprovalAddress = z.object({ approval: z.uuid('An approval’s id is a UUID.') });

export const PlanAddress = z.object({ kind: z.enum(approvalKinds), planHash: PlanHash });
