'use client';

import { ArrowRight } from 'lucide-react';
import Link from 'next/link';
import { reads, routes } from '@/components/routes';
import { useLive } from '@/components/ui/live';
import type { ActiveDaysDiff } from '@/lib/active-days/model';
import { shiftDay } from '@/lib/day-text';
import { count } from '@/lib/words';

/** "0 → 1 (1 agent)": Active Days of that day, now and as the truth has them. Of one agent it opens what decides the day. Only the worst days are `asked`. */
export function DayActiveDays({ customerId, day, asked }: { customerId: string; day: string; asked: boolean }) {
  const range = { customer: customerId, from: day, to: shiftDay(day, 1) };
  const live = useLive<ActiveDaysDiff>({ url: reads.activeDays(range), enabled: asked, staleMs: 60_000 });
  const wrong = live.data?.agents.filter((agent) => agent.after !== agent.expected) ?? [];
  const href = routes.activeDays(range);
  const link = 'whitespace-nowrap underline decoration-dotted underline-offset-4 hover:decoration-solid';
  if (!live.data) {
    return (
      <Link href={href} prefetch={false} title={live.failure?.message} className={`${link} text-muted`}>
        {live.failure ? 'not counted' : asked ? 'counting' : 'see'}
      </Link>
    );
  }
  const [first] = wrong;
  const opened = wrong.length === 1 && first ? routes.activeDays({ ...range, agent: first.agent }) : href;
  if (!first) return <span className="text-muted">as expected</span>;
  const same = wrong.every((agent) => agent.after === first.after && agent.expected === first.expected);
  return (
    <Link href={opened} prefetch={false} className={link}>
      {same && (
        <span className="inline-flex items-center gap-1 font-semibold">
          {first.after ?? 'N/A'}
          <ArrowRight aria-label="should be" className="size-3" />
          {first.expected ?? 'N/A'}
        </span>
      )}{' '}
      <span className="text-muted">
        {same ? `(${count(wrong.length, 'agent')})` : `${count(wrong.length, 'agent')} wrong`}
      </span>
    </Link>
  );
}
