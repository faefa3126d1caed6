import type { Metadata } from 'next';
import { LedgerScreen } from '@/components/findings/ledger-screen';
import { parseInput } from '@/lib/edge/action';
import { firstOf, load, openPage } from '@/lib/edge/page';
import { LedgerAddress } from '@/lib/findings/address';
import { ledger, ledgerRevision } from '@/lib/findings/ledger';

export const metadata: Metadata = { title: 'Ledger' };

export default async function LedgerPage({ searchParams }: PageProps<'/findings/ledger'>) {
  const query = await firstOf(searchParams);
  await openPage('/findings/ledger', query);
  const thisMonth = new Date().toISOString().slice(0, 7);
  const initial = await load(
    'page.ledger',
    'read',
    (ctx) => ledger(ctx, parseInput(LedgerAddress, { ...query, month: query.month ?? thisMonth })),
    ledgerRevision,
  );
  return <LedgerScreen initial={initial} thisMonth={thisMonth} />;
}
