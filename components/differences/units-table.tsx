import Link from 'next/link';
import { routes } from '@/components/routes';
import { unitName } from '@/components/ui/format';
import { Section } from '@/components/ui/heading';
import { Scroller } from '@/components/ui/scroller';
import { TableHead } from '@/components/ui/table-head';
import type { UnitDifferences } from '@/lib/differences/model';
import { formatNumber } from '@/lib/words';

/** The units of a run with what each changed, and what of it is kept. */
export function UnitsTable({ runId, units }: { runId: string; units: UnitDifferences[] }) {
  return (
    <Section title="Units">
      <Scroller className="max-h-96 overflow-y-auto">
        <table className="w-full border-collapse text-sm">
          <TableHead first="Unit" columns={['Label rows', 'Conversations', 'Changed', { words: 'What is kept' }]} />
          <tbody>
            {units.map(({ unit, summary, sentence }) => (
              <tr key={unit} className="border-line border-b last:border-b-0">
                <th scope="row" className="h-9 whitespace-nowrap px-3 text-left font-medium">
                  <Link href={routes.differences(runId, { unit })} prefetch={false} className="hover:underline">
                    {unitName(unit)}
                  </Link>
                </th>
                <td className="px-3 text-right">{summary ? formatNumber(summary.rowsAfter) : '–'}</td>
                <td className="px-3 text-right">{summary ? formatNumber(summary.conversations) : '–'}</td>
                <td className="px-3 text-right">{summary ? formatNumber(summary.changed) : '–'}</td>
                <td className="min-w-60 px-3 text-muted">{sentence}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroller>
    </Section>
  );
}
