import { AuditExportAddress } from '@/lib/audit/address';
import { exportAudit } from '@/lib/audit/export-audit';
import { route } from '@/lib/edge/route';
import { textStream } from '@/lib/edge/text-stream';

const types = { csv: 'text/csv; charset=utf-8', jsonl: 'application/x-ndjson; charset=utf-8' } as const;

export const GET = route({
  name: 'api.auditExport',
  permission: 'read',
  input: AuditExportAddress,
  read: async (ctx, { format, filter }) =>
    new Response(await textStream(exportAudit(ctx, { format, filter })), {
      headers: {
        'content-type': types[format],
        'content-disposition': `attachment; filename="audit.${format}"`,
        'cache-control': 'no-store',
      },
    }),
});
