import { ApprovalAddress } from '@/lib/approvals/address';
import { getApproval } from '@/lib/approvals/list-approvals';
import { route } from '@/lib/edge/route';

export const GET = route({
  name: 'api.approval',
  permission: 'read',
  input: ApprovalAddress,
  read: (ctx, { approval }, actor) => getApproval(ctx, approval, actor),
});
