import { route } from '@/lib/edge/route';
import { LedgerAddress } from '@/lib/findings/address';
import { ledger, ledgerCsv } from '@/lib/findings/ledger';

export const GET = route({
  name: 'api.ledgerCsv',
  permission: 'read',
  input: LedgerAddress,
  read: async (ctx, query) =>
    new Response(ledgerCsv(await ledger(ctx, query)), {
      headers: {
        'content-type': 'text/csv; charset=utf-8',
        'content-disposition': `attachment; filename="findings-${query.month}.csv"`,
        'cache-control': 'no-store',
      },
    }),
});
