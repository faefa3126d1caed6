import type { Metadata } from 'next';
import { AuditScreen } from '@/components/audit/audit-screen';
import { AuditAddress } from '@/lib/audit/address';
import { listAudit } from '@/lib/audit/list-audit';
import { parseInput } from '@/lib/edge/action';
import { firstOf, load, openPage } from '@/lib/edge/page';

export const metadata: Metadata = { title: 'Audit' };

export default async function AuditPage({ searchParams }: PageProps<'/audit'>) {
  const query = await firstOf(searchParams);
  await openPage('/audit', query);
  const initial = await load('page.audit', 'read', (ctx) => listAudit(ctx, parseInput(AuditAddress, query)));
  return <AuditScreen initial={initial} />;
}
