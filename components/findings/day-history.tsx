import Link from 'next/link';
import { routes } from '@/components/routes';
import { Section } from '@/components/ui/heading';
import { Scroller } from '@/components/ui/scroller';
import { TableHead } from '@/components/ui/table-head';
import { Instant } from '@/components/ui/time';
import type { FindingView } from '@/lib/findings/model';
import { atLeastText, formatNumber } from '@/lib/words';
import { causesInWords } from './words';

/** How the counts of the day changed, newest first. A moment links to what was known of the customer then. */
export function DayHistory({ finding: { customerId, history, timeZone } }: { finding: FindingView }) {
  if (history.length === 0) return null;
  return (
    <Section title="How the day's counts changed">
      <Scroller className="max-h-80 overflow-y-auto">
        <table className="w-full border-collapse text-sm">
          <caption className="sr-only">Each change of the day’s counts, newest first</caption>
          <TableHead first="Since" columns={['affected', 'conversations', { words: 'why' }]} />
          <tbody>
            {history.map((at) => (
              <tr key={at.asOfMs} className="border-line border-b last:border-b-0">
                <th scope="row" className="px-3 py-1.5 text-left font-normal">
                  <Link
                    href={routes.customer(customerId, { at: new Date(at.asOfMs).toISOString() })}
                    className="hover:underline"
                  >
                    <Instant ms={at.asOfMs} timeZone={timeZone} />
                  </Link>
                </th>
                <td className="px-3 text-right tabular-nums">{atLeastText(at.affected, at.atLeast)}</td>
                <td className="px-3 text-right text-muted tabular-nums">{formatNumber(at.conversations)}</td>
                <td className="px-3 text-muted text-xs">{causesInWords(at.flags) || '–'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroller>
    </Section>
  );
}
