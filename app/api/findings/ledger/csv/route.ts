import { fileResponse } from '@/lib/edge/file-response';
import { route } from '@/lib/edge/route';
import { LedgerAddress } from '@/lib/findings/address';
import { ledger, ledgerCsv } from '@/lib/findings/ledger';

export const GET = route({
  name: 'api.ledgerCsv',
  permission: 'read',
  input: LedgerAddress,
  read: async (ctx, query) =>
    fileResponse({ name: `findings-${query.month}`, format: 'csv' }, ledgerCsv(await ledger(ctx, query))),
});
