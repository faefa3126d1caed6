import type { Route } from 'next';
import Link from 'next/link';
import { Mark } from '@/components/ui/badge';
import { Instant } from '@/components/ui/time';
import { certaintyOf } from '@/lib/detection/certainty-model';
import type { DayCounts } from '@/lib/detection/model';
import { agree, count, formatNumber } from '@/lib/words';

const link = 'underline decoration-dotted underline-offset-4 hover:decoration-solid';

/** How much was looked at, so that the verdict claims no more than that. */
export type Looked = {
  /** A scan did not count everything, so every count may be higher. */
  atLeast?: boolean;
  /** Days that were not scanned, of `days`. */
  unscanned?: number;
  days?: number;
  judgedFromMs: number | null;
  timeZone: string;
};

/** The sentence at the top of a page. `where` is "on Tue 10 Feb 2026" or "between Wed 14 Jan and Thu 12 Feb 2026". */
export function Verdict({
  counts,
  where,
  href,
  looked,
}: {
  counts: DayCounts;
  where: string;
  href: Route;
  looked: Looked;
}) {
  const { atLeast = false, unscanned = 0 } = looked;
  const certainty = certaintyOf(counts, { atLeast, unscanned });
  if (certainty === 'affected') {
    return (
      <Mark tone={counts.stale > 0 ? 'stale' : counts.missing + counts.orphans > 0 ? 'attention' : 'duplicate'}>
        <span className="text-text">
          <Link href={href} className={`${link} font-semibold`}>
            {atLeast && 'at least '}
            {formatNumber(counts.affected)} of {count(counts.conversations, 'conversation')}
          </Link>{' '}
          {whatIsWrong(counts)} {where}. <Undecided counts={counts} looked={looked} />
        </span>
      </Mark>
    );
  }
  const sentence = {
    'no conversations': `There are no conversations ${where}.`,
    'not looked at': `No label is stale on the ${count((looked.days ?? 0) - unscanned, 'day')} that ${agree((looked.days ?? 0) - unscanned, 'was', 'were')} counted ${where}.`,
    'counted in part': `No stale label was seen ${where}, but the scan did not count everything.`,
    settling: counts.settling < counts.conversations - counts.open && 'None of the other labels is stale.',
    counted: `All ${count(counts.conversations - counts.open, counts.open > 0 ? 'closed conversation' : 'conversation')} ${where} were counted; no label is stale.`,
  }[certainty];
  return (
    <Mark tone={certainty === 'counted' ? 'verified' : certainty === 'settling' ? 'settling' : 'unknown'}>
      {certainty === 'settling' ? (
        <>
          <Undecided counts={counts} looked={looked} where={where} /> {sentence}
        </>
      ) : (
        <>
          {sentence} <Undecided counts={counts} looked={looked} />
        </>
      )}
    </Mark>
  );
}

function whatIsWrong(counts: DayCounts): string {
  if (counts.flags.wrongAgent > 0 && counts.flags.wrongAgent === counts.affected)
    return 'are labelled with the wrong agent';
  return counts.stale === counts.affected ? 'have stale labels' : 'have wrong labels';
}

/** What is not judged yet: conversations that are settling or open, and days that were not scanned. */
function Undecided({ counts, looked, where = '' }: { counts: DayCounts; looked: Looked; where?: string }) {
  const { unscanned = 0, judgedFromMs, timeZone } = looked;
  return (
    <>
      {counts.settling > 0 && (
        <>
          {where
            ? `${formatNumber(counts.settling)} of ${count(counts.conversations, 'conversation')} ${where} ${agree(counts.settling, 'is', 'are')} still settling`
            : `${formatNumber(counts.settling)} more ${agree(counts.settling, 'is', 'are')} still settling`}
          {judgedFromMs !== null && (
            <>
              {' '}
              and can be judged from <Instant ms={judgedFromMs} timeZone={timeZone} seconds={false} /> on
            </>
          )}
          .{' '}
        </>
      )}
      {counts.open > 0 && `${formatNumber(counts.open)} ${agree(counts.open, 'is', 'are')} still open. `}
      {unscanned > 0 && `${count(unscanned, 'day was', 'days were')} not scanned.`}
    </>
  );
}
