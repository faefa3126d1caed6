import { ArrowRight } from 'lucide-react';
import { DataText } from '@/components/ui/data-text';
import { Scroller } from '@/components/ui/scroller';
import type { Plan } from '@/lib/backfill/state/plan-model';
import { count, formatNumber } from '@/lib/words';

const shown = 12;
const days = (value: number | null) => (value === null ? 'N/A' : formatNumber(value));

/** The agents whose Active Days the repair will change. The plan holds no others. */
export function ExpectedActiveDays({ rows }: { rows: Plan['expectedActiveDays'] }) {
  if (rows.length === 0)
    return <p className="text-muted text-sm">No agent’s Active Days will change. They already match the truth.</p>;
  return (
    <Scroller>
      <table className="w-full border-collapse text-sm">
        <thead className="bg-raised/60 text-muted text-xs">
          <tr className="border-line border-b">
            <th scope="col" className="h-8 px-3 text-left font-medium">
              Agent
            </th>
            <th scope="col" className="px-3 text-right font-medium">
              Active Days now
            </th>
            <th scope="col" className="w-8">
              <span className="sr-only">will be</span>
            </th>
            <th scope="col" className="px-3 text-left font-medium">
              Expected
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, shown).map((row) => (
            <tr key={row.agent} className="border-line border-b last:border-b-0">
              <th scope="row" className="h-9 px-3 text-left font-medium">
                <DataText>{row.agent || 'unassigned'}</DataText>
              </th>
              <td className="px-3 text-right">{days(row.before)}</td>
              <td className="text-muted">
                <ArrowRight aria-hidden className="mx-auto size-3" />
              </td>
              <td className="px-3 font-semibold">{days(row.expected)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > shown && (
        <p className="border-line border-t px-3 py-2 text-muted text-sm">
          and {count(rows.length - shown, 'more agent', 'more agents')}
        </p>
      )}
    </Scroller>
  );
}
