import Link from 'next/link';
import { Fragment, useState } from 'react';
import { routes } from '@/components/routes';
import { cn } from '@/components/ui/cn';
import { dayName, unitName } from '@/components/ui/format';
import { Scroller } from '@/components/ui/scroller';
import { TableHead } from '@/components/ui/table-head';
import { Unfold } from '@/components/ui/unfold';
import { type Plan, type UnitDayPlan, type UnitPlan, workedUnits } from '@/lib/backfill/state/plan-model';
import { count, formatNumber } from '@/lib/words';
import { type Summed, sum } from './plan-sums';
import { SkippedUnits } from './skipped-units';

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

/** The plan, unit by unit; one of several days opens into them. What needs nothing is one line below. */
export function PlanUnits({ plan }: { plan: Plan }) {
  const units = workedUnits(plan);
  return (
    <div className="flex flex-col gap-2">
      {units.length > 0 && (
        <Scroller className="max-h-[50vh]">
          <table className="w-full border-collapse text-sm">
            <TableHead first="Unit" columns={columns.map(({ title }) => title)} />
            <tbody>
              {units.map((unit) => (
                <UnitRows key={unit.unit} customerId={plan.customerId} unit={unit} />
              ))}
            </tbody>
            {units.length > 1 && (
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
      )}
      <SkippedUnits skipped={plan.units.filter(({ skip }) => skip !== null)} />
    </div>
  );
}

function UnitRows({ customerId, unit }: { customerId: string; unit: UnitPlan }) {
  const [open, setOpen] = useState(false);
  const [only] = unit.days;
  const name = unitName(unit.unit);
  return (
    <Fragment>
      <tr className="border-line border-b last:border-b-0">
        <th scope="row" className="h-9 whitespace-nowrap px-3 text-left font-medium">
          {unit.days.length > 1 ? (
            <Unfold open={open} onToggle={() => setOpen(!open)}>
              {name}
            </Unfold>
          ) : (
            <DayLink customerId={customerId} day={only?.day ?? unit.unit} name={name} />
          )}
        </th>
        {columns.map((column) => (
          <td
            key={column.key}
            className={cn(
              'px-3 text-right',
              unit[column.key] === 0 && 'text-muted',
              column.loud && unit[column.key] > 0 && 'font-semibold text-stale',
            )}
          >
            {formatNumber(unit[column.key])}
          </td>
        ))}
      </tr>
      {open &&
        unit.days.map((day) => (
          <tr key={day.day} className="border-line border-b bg-raised/40 last:border-b-0">
            <th scope="row" className="h-8 whitespace-nowrap pr-3 pl-9 text-left font-normal">
              <DayLink customerId={customerId} day={day.day} name={dayName(day.day)} />
            </th>
            <td colSpan={columns.length} className="px-3 text-right text-muted">
              {wrongOf(day)}
            </td>
          </tr>
        ))}
    </Fragment>
  );
}

function DayLink({ customerId, day, name }: { customerId: string; day: string; name: string }) {
  return (
    <Link href={routes.day(customerId, day)} prefetch={false} data-row-link className="hover:underline">
      {name}
    </Link>
  );
}

const wrongOf = ({ counts }: UnitDayPlan) =>
  `${formatNumber(counts.affected)} of ${count(counts.conversations, 'conversation')} affected`;
