import { AuditVerifyAddress } from '@/lib/audit/address';
import { headOf, verifyAudit } from '@/lib/audit/verify-audit';
import { route } from '@/lib/edge/route';

export const GET = route({
  name: 'api.auditVerify',
  permission: 'read',
  input: AuditVerifyAddress,
  shared: true,
  read: (ctx, { head }) => verifyAudit(ctx, head === undefined ? undefined : headOf(head)),
});
