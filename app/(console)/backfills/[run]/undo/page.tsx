import type { Metadata } from 'next';
import { UndoScreen } from '@/components/backfill/plan/undo-screen';
import { firstOf, openPage } from '@/lib/edge/page';

export const metadata: Metadata = { title: 'Undo' };

export default async function UndoPage({ params, searchParams }: PageProps<'/backfills/[run]/undo'>) {
  const { run } = await params;
  await openPage(`/backfills/${run}/undo`, await firstOf(searchParams));
  return <UndoScreen runId={run} />;
}
