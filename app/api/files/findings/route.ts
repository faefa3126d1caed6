import { fileResponse } from '@/lib/edge/file-response';
import { route } from '@/lib/edge/route';
import { FormatAddress } from '@/lib/export/address';
import { FindingsAddress } from '@/lib/findings/address';
import { exportFindings } from '@/lib/findings/export-findings';

export const GET = route({
  name: 'api.findingsFile',
  permission: 'read',
  input: FormatAddress.and(FindingsAddress),
  read: (ctx, { format, ...query }) =>
    fileResponse({ name: 'findings', format }, exportFindings(ctx, { query, format })),
});
