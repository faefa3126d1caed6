import { AuditExportAddress } from '@/lib/audit/address';
import { exportAudit } from '@/lib/audit/export-audit';
import { fileResponse } from '@/lib/edge/file-response';
import { route } from '@/lib/edge/route';

export const GET = route({
  name: 'api.auditExport',
  permission: 'read',
  input: AuditExportAddress,
  read: (ctx, { format, filter }) => fileResponse({ name: 'audit', format }, exportAudit(ctx, { format, filter })),
});
