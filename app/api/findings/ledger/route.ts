import { route } from '@/lib/edge/route';
import { LedgerAddress } from '@/lib/findings/address';
import { ledger, ledgerRevision } from '@/lib/findings/ledger';

export const GET = route({
  name: 'api.ledger',
  permission: 'read',
  input: LedgerAddress,
  revision: ledgerRevision,
  read: ledger,
});
