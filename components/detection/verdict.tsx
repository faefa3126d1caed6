import type { Route } from 'next';
import Link from 'next/link';
import { Mark } from '@/components/ui/badge';
import { count, counted } from '@/components/ui/format';
import type { DayCounts } from '@/lib/detection/model';

const link = 'underline decoration-dotted underline-offset-4 hover:decoration-solid';

/** The sentence a page begins with. `where` is "on Tue 10 Feb 2026" or "in these 30 days". */
export function Verdict({
  counts,
  where,
  href,
  atLeast = false,
}: {
  counts: DayCounts;
  where: string;
  href: Route;
  atLeast?: boolean;
}) {
  const wrong = counts.flags.wrongAgent;
  if (counts.conversations === 0 && counts.affected === 0) {
    return <Mark tone="unknown">There are no conversations {where}.</Mark>;
  }
  if (counts.affected === 0) {
    return (
      <Mark tone="verified">
        <span className="whitespace-normal">
          All {counted(counts.conversations, 'conversation')} {where} were counted; no label is stale.
        </span>
      </Mark>
    );
  }
  const many = `${atLeast ? 'at least ' : ''}${count(counts.affected)} of ${counted(counts.conversations, 'conversation')}`;
  const what =
    wrong > 0 && wrong === counts.affected
      ? 'carry labels of another agent'
      : counts.stale === counts.affected
        ? 'carry stale labels'
        : 'have labels that are not right';
  return (
    <Mark tone={counts.stale > 0 ? 'stale' : counts.missing + counts.orphans > 0 ? 'attention' : 'duplicate'}>
      <span className="whitespace-normal text-text">
        <Link href={href} className={`${link} font-semibold`}>
          {many}
        </Link>{' '}
        {what} {where}.
      </span>
    </Mark>
  );
}
