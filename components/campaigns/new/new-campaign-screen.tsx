'use client';

import { useRouter } from 'next/navigation';
import { useRefusal } from '@/components/auth/person';
import { reads, routes } from '@/components/routes';
import { useQueryStates } from '@/components/ui/address';
import { Mark } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { useChange } from '@/components/ui/change';
import { Field, Input } from '@/components/ui/field';
import { Heading, Section } from '@/components/ui/heading';
import { useLater } from '@/components/ui/later';
import { useLive } from '@/components/ui/live';
import { LiveScreen } from '@/components/ui/live-screen';
import { Empty, FailedLine } from '@/components/ui/states';
import { useNow } from '@/components/ui/time';
import { planCampaign } from '@/lib/campaigns/actions';
import { shiftDay } from '@/lib/day-text';
import type { AffectedCustomer } from '@/lib/detection/view/summary-model';
import type { Result } from '@/lib/edge/model';
import { count } from '@/lib/words';
import { HowItRepairs } from './how-it-repairs';
import { HowItRuns } from './how-it-runs';
import { campaignParams, lastCounted, matchingOf, type Range, rangeOf, requestOf } from './request';
import { Who } from './who';

/** What a new campaign repairs, and how. Everything has a default, so that a preview takes one click. */
export function NewCampaignScreen({ initial }: { initial: Result<AffectedCustomer[]> }) {
  const live = useLive<AffectedCustomer[]>({ url: reads.affectedDays(), initial, everyMs: 10_000 });
  return (
    <LiveScreen live={live} what="The customers could not be read" stillWorks="Campaigns that are under way continue.">
      {(customers) => (
        <>
          <Heading
            title="New campaign"
            verdict={
              <span className="text-muted">
                One plan for many customers. The preview changes nothing, and nothing starts before you confirm it.
              </span>
            }
          />
          {customers.length === 0 ? (
            <Empty title="No customer is registered yet">Add a customer first.</Empty>
          ) : (
            <Form customers={customers} />
          )}
        </>
      )}
    </LiveScreen>
  );
}

function Form({ customers }: { customers: AffectedCustomer[] }) {
  const [params, setParams] = useQueryStates(campaignParams);
  const now = useNow();
  const range = rangeOf(customers, params, new Date(now).toISOString().slice(0, 10));
  const matching = matchingOf(customers, params, range);
  const check = useLater(() => import('./check'));
  const { request, faults } = requestOf(params, range, check?.faultsOf ?? null);
  return (
    <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_22rem]">
      <div className="flex min-w-0 flex-col gap-6">
        <Who
          params={params}
          customers={customers}
          fault={faults.filter}
          onChange={(chosen) => setParams({ ...chosen, canary: null })}
        />
        <Section title="Which days">
          <div className="flex flex-wrap gap-3">
            <Field htmlFor="campaign-from" label="First day">
              <Input
                id="campaign-from"
                type="date"
                required
                value={range.fromDay}
                onChange={(event) => event.target.value && setParams({ from: event.target.value, to: range.toDay })}
              />
            </Field>
            <Field htmlFor="campaign-last" label="Last day">
              <Input
                id="campaign-last"
                type="date"
                required
                value={shiftDay(range.toDay, -1)}
                onChange={(event) =>
                  event.target.value && setParams({ from: range.fromDay, to: shiftDay(event.target.value, 1) })
                }
              />
            </Field>
          </div>
          <p
            className={faults.range || faults.fromDay || faults.toDay ? 'text-attention text-sm' : 'text-muted text-sm'}
          >
            {faults.range ?? faults.fromDay ?? faults.toDay ?? 'Days of each customer’s own time zone.'}
          </p>
        </Section>
        <HowItRepairs params={params} onChange={setParams} />
        <HowItRuns params={params} matching={matching} faults={faults} onChange={setParams} />
      </div>
      <Ask matching={matching} range={range} request={request} fault={Object.values(faults)[0] ?? null} />
    </div>
  );
}

/** What matches, and the button that makes the preview. */
function Ask({
  matching,
  range,
  request,
  fault,
}: {
  matching: AffectedCustomer[];
  range: Range;
  request: ReturnType<typeof requestOf>['request'];
  fault: string | null;
}) {
  const router = useRouter();
  const refusal = useRefusal('backfill.plan');
  const { change, pending, failure } = useChange();
  const { days, conversations } = lastCounted(matching, range);
  return (
    <section
      aria-label="Preview"
      className="flex flex-col gap-3 rounded-lg border border-line bg-surface p-4 lg:sticky lg:top-16"
    >
      {fault !== null ? (
        <p>
          <Mark tone="unknown">{fault}</Mark>
        </p>
      ) : matching.length === 0 ? (
        <p>
          <Mark tone="unknown">No customer is affected on these days, as last counted.</Mark>
        </p>
      ) : (
        <p>
          <strong className="font-semibold">{count(matching.length, 'customer')}</strong> with{' '}
          {count(conversations, 'affected conversation')} on {count(days, 'day')}, as last counted.
        </p>
      )}
      <p className="text-muted text-sm">The preview counts again, and plans each customer with its pre-checks.</p>
      {failure && <FailedLine failure={failure} />}
      <Button
        look="primary"
        size="tall"
        disabled={pending || refusal !== null || request === null}
        onClick={() =>
          request &&
          change(
            () => planCampaign(request),
            ({ campaignId }) => router.push(routes.campaign(campaignId)),
          )
        }
      >
        {pending ? 'Asking' : 'Preview'}
      </Button>
      {refusal && <p className="text-muted text-sm">{refusal}</p>}
    </section>
  );
}
