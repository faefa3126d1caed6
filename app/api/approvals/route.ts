import { ApprovalsAddress } from '@/lib/approvals/address';
import { listApprovals } from '@/lib/approvals/list-approvals';
import { route } from '@/lib/edge/route';

export const GET = route({ name: 'api.approvals', permission: 'read', input: ApprovalsAddress, read: listApprovals });
