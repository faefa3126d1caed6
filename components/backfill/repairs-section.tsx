'use client';

import Link from 'next/link';
import { reads, routes } from '@/components/routes';
import { ReasonText } from '@/components/tickets/reason-text';
import { Mark } from '@/components/ui/badge';
import { unitName } from '@/components/ui/format';
import { Section } from '@/components/ui/heading';
import { useLive } from '@/components/ui/live';
import { Scroller } from '@/components/ui/scroller';
import { FailedLine } from '@/components/ui/states';
import { TableHead } from '@/components/ui/table-head';
import { Ago } from '@/components/ui/time';
import { strategyTitles } from '@/lib/backfill/state/name-model';
import type { Repair } from '@/lib/backfill/view/repair-model';
import { shiftDay } from '@/lib/day-text';
import { count } from '@/lib/words';
import { itemTone } from './run/status';

/** What was repaired on these days: by which run, by whom, when, with what result, and the way back. */
export function RepairsSection({ customer, from, to }: { customer: string; from: string; to: string }) {
  const live = useLive<Repair[]>({ url: reads.repairs({ customer, from, to }), everyMs: 5_000 });
  if (live.failure && !live.data) return <FailedLine failure={live.failure} />;
  const repairs = live.data ?? [];
  if (repairs.length === 0) return null;
  return (
    <Section
      title="Repairs"
      aside={
        <span className="flex gap-3 text-muted text-sm">
          {count(repairs.length, 'repair')}
          <Link
            href={routes.backfills({ customer, day: to === shiftDay(from, 1) ? from : undefined })}
            className="text-accent hover:underline"
          >
            All runs
          </Link>
        </span>
      }
    >
      <Scroller className="max-h-72 overflow-y-auto">
        <table className="w-full border-collapse text-sm">
          <TableHead
            first="Unit"
            columns={[
              { words: 'Result' },
              { words: 'How' },
              { words: 'By' },
              { words: 'When' },
              { words: 'Labels' },
              { words: 'Way back' },
            ]}
          />
          <tbody>
            {repairs.map((repair) => (
              <tr key={repair.itemId} className="border-line border-b last:border-b-0">
                <th scope="row" className="h-9 whitespace-nowrap px-3 text-left font-medium">
                  <Link
                    href={routes.run(repair.runId, { unit: repair.unit })}
                    prefetch={false}
                    data-row-link
                    className="hover:underline"
                  >
                    {unitName(repair.unit)}
                  </Link>
                </th>
                <td className="whitespace-nowrap px-3">
                  {repair.undoneBy ? (
                    <Mark tone="unknown">
                      {repair.status},{' '}
                      <Link href={routes.run(repair.undoneBy)} prefetch={false} className="underline">
                        undone
                      </Link>
                    </Mark>
                  ) : (
                    <Mark tone={itemTone(repair.status)}>{repair.status}</Mark>
                  )}
                </td>
                <td className="whitespace-nowrap px-3 text-muted">{strategyTitles[repair.strategy]}</td>
                <td className="max-w-60 px-3" title={repair.reason || undefined}>
                  {repair.startedBy}
                  {repair.reason && (
                    <span className="block truncate text-muted text-xs">
                      <ReasonText>{repair.reason}</ReasonText>
                    </span>
                  )}
                </td>
                <td className="whitespace-nowrap px-3 text-muted">
                  <Ago ms={repair.atMs} />
                </td>
                <td className="whitespace-nowrap px-3">
                  <Link
                    href={routes.differences(repair.runId, { unit: repair.unit, day: oneDay(repair.unit, from, to) })}
                    prefetch={false}
                    className="underline"
                  >
                    What changed
                  </Link>
                </td>
                <td className="whitespace-nowrap px-3">
                  {repair.canUndo ? (
                    <Link
                      href={routes.undo(repair.runId, { unit: repair.unit })}
                      prefetch={false}
                      className="underline"
                    >
                      Undo this unit
                    </Link>
                  ) : (
                    <span className="text-muted">–</span>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroller>
    </Section>
  );
}

/** The day of the page, where a unit has others too. */
const oneDay = (unit: string, from: string, to: string) =>
  unit !== from && shiftDay(from, 1) === to ? from : undefined;
