import type { Metadata } from 'next';
import { HealthScreen } from '@/components/health/health-screen';
import { load, openPage } from '@/lib/edge/page';
import { readHealth } from '@/lib/health/read-health';

export const metadata: Metadata = { title: 'Health' };

export default async function HealthPage() {
  await openPage('/health');
  return <HealthScreen initial={await load('page.health', 'read', readHealth)} />;
}
