import Link from 'next/link';
import { routes } from '@/components/routes';
import { Badge } from '@/components/ui/badge';
import { DataText } from '@/components/ui/data-text';
import { dayName, instantIn } from '@/components/ui/format';
import { Section } from '@/components/ui/heading';
import { Scroller } from '@/components/ui/scroller';
import { TableHead } from '@/components/ui/table-head';
import type { MissList as Misses, MissSummary } from '@/lib/findings/misses/model';
import { count, formatNumber } from '@/lib/words';
import { missTones } from './miss-words';

/** What full scans found that the increments had missed, beside the findings of days and counted apart from them. */
export function MissList({ misses: { rows, open, all }, showsAll }: { misses: Misses; showsAll: boolean }) {
  if (rows.length === 0) return null;
  const total = showsAll ? all : open;
  return (
    <Section
      title="Missed by increments"
      aside={
        <span className="text-muted text-sm">
          {rows.length < total
            ? `the newest ${formatNumber(rows.length)} of ${formatNumber(total)}`
            : count(total, 'miss', 'misses')}
        </span>
      }
    >
      <Scroller>
        <table className="w-full border-collapse text-sm">
          <caption className="sr-only">What full scans found that increments had missed</caption>
          <TableHead first="Customer and night" columns={[{ words: 'state' }, 'missed at least', { words: 'days' }]} />
          <tbody>
            {rows.map((miss) => (
              <tr key={miss.id} className="border-line border-b last:border-b-0 [&>td]:align-top">
                <th scope="row" className="px-3 py-1.5 text-left font-normal">
                  <Link href={routes.miss(miss.id)} data-row-link className="font-medium hover:underline">
                    {miss.displayName}
                  </Link>
                  <span className="block text-muted text-xs">{nightOf(miss)}</span>
                </th>
                <td className="px-3 py-1.5">
                  <Badge tone={missTones[miss.state]}>{miss.state}</Badge>
                  {miss.note && (
                    <span className="block max-w-64 truncate text-muted text-xs" title={miss.note}>
                      <DataText>{miss.note}</DataText>
                    </span>
                  )}
                </td>
                <td className="px-3 py-1.5 text-right tabular-nums">{formatNumber(miss.missed)}</td>
                <td className="px-3 py-1.5 text-muted text-xs">{daysOf(miss)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroller>
    </Section>
  );
}

export const nightOf = ({ atMs, timeZone }: MissSummary): string => dayName(instantIn(atMs, timeZone).day);

const shown = 3;
function daysOf({ days }: MissSummary): string {
  const first = days.slice(0, shown).map((day) => dayName(day, false));
  return days.length > shown ? `${first.join(', ')} and ${formatNumber(days.length - shown)} more` : first.join(', ');
}
