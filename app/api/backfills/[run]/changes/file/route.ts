import { DifferencesExportAddress } from '@/lib/differences/address';
import { exportDifferences } from '@/lib/differences/export-differences';
import { fileResponse } from '@/lib/edge/file-response';
import { route } from '@/lib/edge/route';

export const GET = route({
  name: 'api.differencesFile',
  permission: 'read',
  input: DifferencesExportAddress,
  read: async (ctx, of) =>
    fileResponse(
      { name: ['changes', of.query.runId.slice(0, 8), of.query.unit].filter(Boolean).join('-'), format: of.format },
      await exportDifferences(ctx, of),
    ),
});
