'use client';

import { useMemo } from 'react';
import { reads } from '@/components/routes';
import { type Live, useLive } from '@/components/ui/live';
import { type CustomerList, type CustomerSummary, mergeLists, summariesOf } from '@/lib/detection/view/summary-model';
import type { Result } from '@/lib/edge/model';

/** The list of customers, most affected first. A poll is sent only what changed. */
export function useCustomers(options: {
  initial?: Result<CustomerList>;
  everyMs?: number;
  enabled?: boolean;
  staleMs?: number;
}): Live<CustomerSummary[]> {
  const live = useLive<CustomerList>({ ...options, url: reads.customers(), merge: mergeLists });
  const { data: list } = live;
  const data = useMemo(() => list && summariesOf(list), [list]);
  return { ...live, data };
}
