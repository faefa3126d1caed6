import { PlanAddress } from '@/lib/approvals/address';
import { approvalOfPlan } from '@/lib/approvals/list-approvals';
import { route } from '@/lib/edge/route';

export const GET = route({ name: 'api.approvalOfPlan', permission: 'read', input: PlanAddress, read: approvalOfPlan });
