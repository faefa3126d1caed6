import Link from 'next/link';
import { routes } from '@/components/routes';
import { Mark } from '@/components/ui/badge';
import { cn } from '@/components/ui/cn';
import { dayName } from '@/components/ui/format';
import { Scroller } from '@/components/ui/scroller';
import { TableHead } from '@/components/ui/table-head';
import type { Plan } from '@/lib/backfill/state/plan-model';
import { formatNumber } from '@/lib/words';
import { type Summed, sum } from './plan-sums';

const columns: {
  key: Exclude<Summed, 'partsTouched' | 'bytesTouched'>;
  title: string;
  loud?: boolean;
}[] = [
  { key: 'rowsToDelete', title: 'Label rows deleted' },
  { key: 'conversationsToRelabel', title: 'Relabelled' },
  { key: 'conversationsThatChange', title: 'Will change', loud: true },
  { key: 'orphansThatGo', title: 'Orphans deleted' },
  { key: 'openThatLoseLabel', title: 'Open ones that lose their label' },
];

/** The plan, day by day. A skipped day says why. */
export function PlanUnits({ plan }: { plan: Plan }) {
  return (
    <Scroller className="max-h-[50vh]">
      <table className="w-full border-collapse text-sm">
        <TableHead first="Day" columns={columns.map(({ title }) => title)} />
        <tbody>
          {plan.units.map((day) => (
            <tr key={day.unit} className="border-line border-b last:border-b-0">
              <th scope="row" className="h-9 whitespace-nowrap px-3 text-left font-medium">
                <Link
                  href={routes.day(plan.customerId, day.unit)}
                  prefetch={false}
                  data-row-link
                  className="hover:underline"
                >
                  {dayName(day.unit)}
                </Link>
              </th>
              {day.skip ? (
                <td colSpan={columns.length} className="px-3 text-right">
                  <Mark tone="neutral">skipped: {day.skip}</Mark>
                </td>
              ) : (
                columns.map((column) => (
                  <td
                    key={column.key}
                    className={cn(
                      'px-3 text-right',
                      day[column.key] === 0 && 'text-muted',
                      column.loud && day[column.key] > 0 && 'font-semibold text-stale',
                    )}
                  >
                    {formatNumber(day[column.key])}
                  </td>
                ))
              )}
            </tr>
          ))}
        </tbody>
        {plan.units.filter((day) => !day.skip).length > 1 && (
          <tfoot className="border-line border-t bg-raised/60 font-medium">
            <tr>
              <th scope="row" className="h-9 px-3 text-left">
                Total
              </th>
              {columns.map((column) => (
                <td key={column.key} className="px-3 text-right">
                  {formatNumber(sum(plan, column.key))}
                </td>
              ))}
            </tr>
          </tfoot>
        )}
      </table>
    </Scroller>
  );
}
