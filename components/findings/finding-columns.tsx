import Link from 'next/link';
import { routes } from '@/components/routes';
import { Badge, Mark } from '@/components/ui/badge';
import type { Column } from '@/components/ui/data-table';
import { DataText } from '@/components/ui/data-text';
import { dayName, instantIn, span } from '@/components/ui/format';
import { Ago, useNow } from '@/components/ui/time';
import { isOpen, wrongMsOf } from '@/lib/findings/history/model';
import type { FindingSummary } from '@/lib/findings/model';
import { atLeastText, count, formatNumber } from '@/lib/words';
import { causesOf, stateTones } from './words';

/** The columns of the list. The server sorts. `open` shows the panel of a finding. */
export function findingColumns(open: (id: string) => void): Column<FindingSummary>[] {
  return [
    {
      id: 'state',
      header: 'State',
      from: 'sm',
      cell: (one) => <State finding={one} />,
    },
    {
      id: 'customer',
      header: 'Customer and day',
      sort: 'server',
      cell: (one) => (
        <>
          <span className="sm:hidden">
            <State finding={one} />
          </span>
          <button
            type="button"
            data-row-link
            onClick={() => open(one.id)}
            className="block text-left font-medium hover:underline"
          >
            {one.displayName}{' '}
            <span className="block whitespace-nowrap font-normal text-muted text-xs">{dayName(one.day)}</span>
          </button>
          <span className="sm:hidden">
            <Why finding={one} />
          </span>
        </>
      ),
    },
    {
      id: 'affected',
      header: 'Affected now',
      numeric: true,
      sort: 'server',
      cell: (one) => <Affected finding={one} />,
    },
    { id: 'why', header: 'Why', from: 'sm', cell: (one) => <Why finding={one} /> },
    {
      id: 'since',
      header: 'First seen',
      from: 'md',
      className: 'text-muted',
      sort: 'server',
      cell: (one) => <Ago ms={one.firstSeenAtMs} />,
    },
    {
      id: 'wrong',
      header: 'Wrong for',
      numeric: true,
      from: 'md',
      sort: 'server',
      cell: (one) => <WrongFor finding={one} />,
    },
    {
      id: 'owner',
      header: 'Owner and note',
      from: 'lg',
      cell: (one) => (
        <>
          {one.owner ? <DataText>{one.owner}</DataText> : <span className="text-muted">nobody</span>}
          {one.note && (
            <span className="block max-w-48 truncate text-muted text-xs" title={one.note}>
              <DataText>{one.note}</DataText>
            </span>
          )}
        </>
      ),
    },
  ];
}

function State({ finding }: { finding: FindingSummary }) {
  const { mutedUntilMs, timeZone, state } = finding;
  return (
    <span className="flex flex-col items-start gap-0.5">
      <Badge tone={stateTones[state]}>{state}</Badge>
      {mutedUntilMs !== null && (
        <span className="whitespace-nowrap text-muted text-xs">
          muted until {dayName(instantIn(mutedUntilMs, timeZone).day, false)}
        </span>
      )}
    </span>
  );
}

function Affected({ finding }: { finding: FindingSummary }) {
  const { affected, conversations, worstAffected, atLeast } = finding;
  return (
    <>
      {affected === 0 ? (
        <span className="text-muted">0</span>
      ) : (
        <span className="whitespace-nowrap">
          <span className="font-semibold">{atLeastText(affected, atLeast)}</span>
          <span className="text-muted max-sm:hidden"> of {formatNumber(conversations)}</span>
        </span>
      )}
      {worstAffected > affected && (
        <span className="block whitespace-nowrap text-muted text-xs">worst {formatNumber(worstAffected)}</span>
      )}
    </>
  );
}

function Why({ finding }: { finding: FindingSummary }) {
  const causes = causesOf(finding);
  return (
    <span className="text-muted text-xs">
      {!isOpen(finding.state) && 'was: '}
      {causes.map(({ flag, word, conversations }, index) => (
        <span key={flag}>
          {index > 0 && ' · '}
          <Link
            href={routes.day(finding.customerId, finding.day, { flags: [flag] })}
            prefetch={false}
            className="whitespace-nowrap hover:text-text hover:underline"
          >
            {word} {formatNumber(conversations)}
          </Link>
        </span>
      ))}
    </span>
  );
}

/** How long the day was wrong in all, kept current while it is. */
export function WrongFor({ finding }: { finding: Pick<FindingSummary, 'wrongMs' | 'wrongSinceMs' | 'lastSeenAtMs'> }) {
  const now = useNow();
  return <span className="whitespace-nowrap">{span(wrongMsOf(finding, now || finding.lastSeenAtMs))}</span>;
}

/** "It fell back 2 times", where it did. */
export function FellBack({ times }: { times: number }) {
  if (times === 0) return null;
  return <Mark tone="attention">It fell back {count(times, 'time')}.</Mark>;
}
