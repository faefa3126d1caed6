import { AuditAddress } from '@/lib/audit/address';
import { listAudit } from '@/lib/audit/list-audit';
import { route } from '@/lib/edge/route';

export const GET = route({ name: 'api.audit', permission: 'read', input: AuditAddress, read: listAudit });
