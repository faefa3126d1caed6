import type { Metadata } from 'next';
import { ApprovalsScreen } from '@/components/approvals/approvals-screen';
import { ApprovalsAddress } from '@/lib/approvals/address';
import { listApprovals } from '@/lib/approvals/list-approvals';
import { parseInput } from '@/lib/edge/action';
import { firstOf, load, openPage } from '@/lib/edge/page';

export const metadata: Metadata = { title: 'Approvals' };

export default async function ApprovalsPage({ searchParams }: PageProps<'/approvals'>) {
  const query = await firstOf(searchParams);
  await openPage('/approvals', query);
  const initial = await load('page.approvals', 'read', (ctx, actor) =>
    listApprovals(ctx, parseInput(ApprovalsAddress, query), actor),
  );
  return <ApprovalsScreen initial={initial} />;
}
