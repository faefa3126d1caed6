import { route } from '@/lib/edge/route';
import { FindingsAddress } from '@/lib/findings/address';
import { findingsRevision, listFindings } from '@/lib/findings/list-findings';

export const GET = route({
  name: 'api.findings',
  permission: 'read',
  input: FindingsAddress,
  shared: true,
  revision: findingsRevision,
  read: listFindings,
});
