import type { Metadata } from 'next';
import { RowHistoryScreen } from '@/components/audit/row-history-screen';
import { RowHistoryAddress } from '@/lib/backfill/backups/address';
import { rowHistory } from '@/lib/backfill/backups/row-history';
import { parseInput } from '@/lib/edge/action';
import { firstOf, load, openPage } from '@/lib/edge/page';

export const metadata: Metadata = { title: 'Deleted label rows' };

export default async function RowHistoryPage({ searchParams }: PageProps<'/audit/row'>) {
  const query = await firstOf(searchParams);
  await openPage('/audit/row', query);
  const { customer = '', conversation = '' } = query;
  const found =
    customer === '' || conversation === ''
      ? null
      : await load('page.auditRow', 'read', (ctx) => rowHistory(ctx, parseInput(RowHistoryAddress, query)));
  return <RowHistoryScreen found={found} customer={customer} conversation={conversation} />;
}
