import Link from 'next/link';
import { routes } from '@/components/routes';
import { Mark } from '@/components/ui/badge';
import { cn } from '@/components/ui/cn';
import { count, dayName } from '@/components/ui/format';
import { Scroller } from '@/components/ui/scroller';
import type { DayPlan, Plan } from '@/lib/backfill/model';

const columns: {
  key: keyof DayPlan &
    ('rowsToDelete' | 'conversationsToRelabel' | 'conversationsThatChange' | 'orphansThatGo' | 'openThatLoseLabel');
  title: string;
  loud?: boolean;
}[] = [
  { key: 'rowsToDelete', title: 'Label rows deleted' },
  { key: 'conversationsToRelabel', title: 'Relabelled' },
  { key: 'conversationsThatChange', title: 'Will change', loud: true },
  { key: 'orphansThatGo', title: 'Orphans that go' },
  { key: 'openThatLoseLabel', title: 'Open that lose their label' },
];

/** The plan day by day; a skipped day says why. */
export function PlanDays({ plan }: { plan: Plan }) {
  const worked = plan.days.filter((day) => !day.skip);
  return (
    <Scroller className="max-h-[50vh]">
      <table className="w-full border-collapse text-sm">
        <thead className="sticky top-0 bg-raised text-muted text-xs">
          <tr className="border-line border-b">
            <th scope="col" className="h-8 px-3 text-left font-medium">
              Day
            </th>
            {columns.map((column) => (
              <th key={column.key} scope="col" className="px-3 text-right font-medium">
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {plan.days.map((day) => (
            <tr key={day.day} className="border-line border-b last:border-b-0">
              <th scope="row" className="h-9 whitespace-nowrap px-3 text-left font-medium">
                <Link
                  href={routes.day(plan.customerId, day.day)}
                  prefetch={false}
                  data-row-link
                  className="hover:underline"
                >
                  {dayName(day.day)}
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
                    {count(day[column.key])}
                  </td>
                ))
              )}
            </tr>
          ))}
        </tbody>
        {worked.length > 1 && (
          <tfoot className="border-line border-t bg-raised/60 font-medium">
            <tr>
              <th scope="row" className="h-9 px-3 text-left">
                In all
              </th>
              {columns.map((column) => (
                <td key={column.key} className="px-3 text-right">
                  {count(worked.reduce((total, day) => total + day[column.key], 0))}
                </td>
              ))}
            </tr>
          </tfoot>
        )}
      </table>
    </Scroller>
  );
}
