'use client';

import Link from 'next/link';
import { parseAsString, useQueryState } from 'nuqs';
import { reads, routes } from '@/components/routes';
import { Button } from '@/components/ui/button';
import { CheckLine } from '@/components/ui/check-line';
import { counted, rangeName } from '@/components/ui/format';
import { Heading, Section } from '@/components/ui/heading';
import { LastKnown, useLive } from '@/components/ui/live';
import { Failed, PageSkeleton } from '@/components/ui/states';
import { Ago } from '@/components/ui/time';
import type { Plan } from '@/lib/backfill/model';
import { ConfirmUndo } from './confirm-undo';
import { UndoDays } from './undo-days';

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
