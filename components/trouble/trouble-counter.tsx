'use client';

import { AlertOctagon, UserCheck } from 'lucide-react';
import Link from 'next/link';
import { reads, routes } from '@/components/routes';
import { cn } from '@/components/ui/cn';
import { useLive } from '@/components/ui/live';
import { isWrong, type TroubleReport } from '@/lib/trouble/model';
import { count, formatNumber } from '@/lib/words';

/**
 * How many things wait for a person, in every page's header. It is red while one is wrong and absent while there are
 * none.
 */
export function TroubleCounter() {
  const live = useLive<TroubleReport>({ url: reads.trouble(), everyMs: 10_000 });
  const trouble = live.data?.trouble ?? [];
  const unknown = (live.data?.unknown.length ?? 0) + (live.failure ? 1 : 0);
  const wrong = trouble.filter(isWrong).length;
  const waiting = trouble.length - wrong;
  if (trouble.length === 0 && unknown === 0) return null;
  const parts = [
    wrong > 0 && `${count(wrong, 'thing needs', 'things need')} attention`,
    waiting > 0 && `${count(waiting, 'approval waits', 'approvals wait')} for a second person`,
    unknown > 0 && (live.failure?.message ?? 'not everything could be read'),
  ].filter((part) => part !== false);
  const title = parts.join('; ');
  const Icon = wrong > 0 || unknown > 0 ? AlertOctagon : UserCheck;
  return (
    <Link
      href={routes.trouble()}
      title={title}
      aria-label={title}
      className={cn(
        'inline-flex h-7 items-center gap-1 rounded-md px-2 font-medium text-xs hover:underline',
        wrong > 0
          ? 'bg-attention-soft text-attention'
          : unknown > 0
            ? 'bg-unknown-soft text-unknown'
            : 'bg-stale-soft text-stale',
      )}
    >
      <Icon aria-hidden className="size-3.5" />
      {trouble.length > 0 ? formatNumber(trouble.length) : '?'}
    </Link>
  );
}
