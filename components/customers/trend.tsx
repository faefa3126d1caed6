'use client';

import dynamic from 'next/dynamic';
import { Section } from '@/components/ui/heading';
import { Skeleton } from '@/components/ui/states';
import type { DayResult } from '@/lib/detection/model';

const Chart = dynamic(() => import('./trend-chart').then((module) => module.TrendChart), {
  ssr: false,
  loading: () => <Skeleton className="h-40" />,
});

/** Affected conversations of each day as a chart. The table above has the numbers. */
export function Trend({ days }: { days: DayResult[] }) {
  return (
    <Section title="Affected conversations per day">
      <Chart days={days} />
    </Section>
  );
}
