'use client';

import Link from 'next/link';
import { parseAsString, useQueryState } from 'nuqs';
import { reads, routes } from '@/components/routes';
import { Button } from '@/components/ui/button';
import { CheckLine } from '@/components/ui/check-line';
import { bytes, count, counted, dayName, rangeName } from '@/components/ui/format';
import { Heading, Section } from '@/components/ui/heading';
import { LastKnown, useLive } from '@/components/ui/live';
import { Scroller } from '@/components/ui/scroller';
import { Failed, PageSkeleton } from '@/components/ui/states';
import { Ago } from '@/components/ui/time';
import type { Plan } from '@/lib/backfill/model';
import { ConfirmUndo } from './confirm-undo';

/** What comes first stands in the way. */
const weight = { fail: 0, unknown: 1, pass: 2 };

/** What an undo of a run, or of one day of it, will do, before it does it. */
export function UndoScreen({ runId }: { runId: string }) {
  const [day, setDay] = useQueryState('day', parseAsString);
  const live = useLive<Plan>({ url: reads.undo(runId, { day }), staleMs: 60_000 });
  const plan = live.data;
  if (!plan) {
    return live.failure ? (
      <Failed what="The undo could not be previewed" failure={live.failure} stillWorks="Nothing was changed.">
        <Link href={routes.run(runId)} className="underline">
          Back to the run
        </Link>
      </Failed>
    ) : (
      <PageSkeleton rows={3} />
    );
  }
  return (
    <>
      <Heading
        title={
          <>
            <span>Undo of</span>
            <Link href={routes.run(runId)} className="text-muted hover:text-text hover:underline">
              the backfill of {plan.customerId}
            </Link>
            <span>{rangeName(plan.fromDay, plan.toDay)}</span>
          </>
        }
        verdict={
          <span>
            Removes {counted(plan.rowsToDelete, 'label row')} and brings back{' '}
            {counted(
              plan.days.reduce((sum, one) => sum + (one.skip ? 0 : (one.undo?.rows ?? 0)), 0),
              'row',
            )}{' '}
            as they were before the run, byte for byte.
          </span>
        }
        meta={
          <>
            <span>Days in {plan.timeZone}</span>
            <span>
              previewed <Ago ms={plan.createdAtMs} />
            </span>
            {day && (
              <button type="button" onClick={() => setDay(null)} className="underline">
                every day of the run instead
              </button>
            )}
          </>
        }
        actions={<Button onClick={live.refresh}>Preview again</Button>}
      />
      <LastKnown lost={live.fetching}>
        <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_24rem]">
          <Section title="What will happen">
            <UndoDays plan={plan} />
          </Section>
          <div className="flex min-w-0 flex-col gap-5">
            <ConfirmUndo key={plan.hash} plan={plan} onChanged={live.refresh} />
            <Section title="Pre-checks">
              <ul className="flex flex-col gap-2.5 rounded-lg border border-line bg-surface p-3.5">
                {plan.checks
                  .toSorted((a, b) => weight[a.verdict] - weight[b.verdict])
                  .map((check) => (
                    <CheckLine key={check.id} verdict={check.verdict} title={check.title} sentence={check.sentence} />
                  ))}
              </ul>
            </Section>
          </div>
        </div>
      </LastKnown>
    </>
  );
}

function UndoDays({ plan }: { plan: Plan }) {
  const heads = ['Rows that go', 'Rows that come back', 'Backed up', 'Size', 'Will differ from the truth'];
  return (
    <Scroller className="max-h-[60vh]">
      <table className="w-full border-collapse text-sm">
        <thead className="sticky top-0 bg-raised text-muted text-xs">
          <tr className="border-line border-b">
            <th scope="col" className="h-8 px-3 text-left font-medium">
              Day
            </th>
            {heads.map((head) => (
              <th key={head} scope="col" className="px-3 text-right font-medium">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {plan.days.map(({ day, skip, rowsToDelete, undo }) => (
            <tr key={day} className="border-line border-b last:border-b-0">
              <th scope="row" className="h-9 whitespace-nowrap px-3 text-left font-medium">
                {dayName(day)}
              </th>
              {skip || !undo ? (
                <td colSpan={heads.length} className="px-3 text-muted">
                  left as it is: {skip}
                </td>
              ) : (
                <>
                  <td className="px-3 text-right">{count(rowsToDelete)}</td>
                  <td className="px-3 text-right font-semibold">{count(undo.rows)}</td>
                  <td className="whitespace-nowrap px-3 text-right">
                    {undo.backedUpAtMs === null ? '–' : <Ago ms={undo.backedUpAtMs} />}
                  </td>
                  <td className="whitespace-nowrap px-3 text-right">{bytes(undo.bytes)}</td>
                  <td className="px-3 text-right">{counted(undo.differAfter, 'conversation')}</td>
                </>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroller>
  );
}
