'use client';

import { UserCheck } from 'lucide-react';
import Link from 'next/link';
import { reads, routes } from '@/components/routes';
import { count, counted } from '@/components/ui/format';
import { useLive } from '@/components/ui/live';

/** How many approvals wait for a second person, in every page's header; nothing while none does. */
export function WaitingBadge() {
  const live = useLive<{ waiting: number; ofOthers: number }>({ url: reads.approvalsWaiting(), everyMs: 10_000 });
  const waiting = live.data?.waiting ?? 0;
  if (waiting === 0) return null;
  const title = `${counted(waiting, 'approval waits', 'approvals wait')} for a second person`;
  return (
    <Link
      href={routes.approvals({ state: 'waiting' })}
      title={title}
      aria-label={title}
      className="inline-flex h-7 items-center gap-1 rounded-md bg-stale-soft px-2 font-medium text-stale text-xs hover:underline"
    >
      <UserCheck aria-hidden className="size-3.5" />
      {count(waiting)}
    </Link>
  );
}
