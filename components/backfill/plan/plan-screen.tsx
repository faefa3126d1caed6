'use client';

import dynamic from 'next/dynamic';
import Link from 'next/link';
import { routes } from '@/components/routes';
import { useQueryStates } from '@/components/ui/address';
import { parseAsBoolean, parseAsString, parseAsStringLiteral } from '@/components/ui/address-parsers';
import { Mark } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { duration, isDay, rangeName } from '@/components/ui/format';
import { Heading, Section } from '@/components/ui/heading';
import { RangePicker } from '@/components/ui/range-picker';
import { Empty, Skeleton } from '@/components/ui/states';
import { TabTitle, tabDays } from '@/components/ui/tab-title';
import { Ago } from '@/components/ui/time';
import { unitChoices } from '@/lib/backfill/state/choice-model';
import { repairStrategies, strategyTitles } from '@/lib/backfill/state/name-model';
import { isRepair, type Plan, type RepairPlan, workedUnits } from '@/lib/backfill/state/plan-model';
import { strategies } from '@/lib/backfill/state/strategies';
import { shiftDay } from '@/lib/day-text';
import { bytes, count } from '@/lib/words';
import { PlanColumns, PreChecks } from './plan-parts';
import { PlanProgress } from './plan-progress';
import { sum, sumsOf } from './plan-sums';
import { StrategyChoice } from './strategy-choice';
import { UnitChoice } from './unit-choice';
import { usePlan } from './use-plan';

// What reads for itself, or is below the first look, loads after the page.
const ConfirmPlan = dynamic(() => import('./confirm-plan').then((module) => module.ConfirmPlan), { ssr: false });
const ExpectedActiveDays = dynamic(() => import('./expected-active-days').then((module) => module.ExpectedActiveDays), {
  ssr: false,
});
const PlanUnits = dynamic(() => import('./plan-units').then((module) => module.PlanUnits), { ssr: false });

const planParams = {
  customer: parseAsString.withDefault(''),
  from: parseAsString.withDefault(''),
  to: parseAsString.withDefault(''),
  strategy: parseAsStringLiteral(repairStrategies),
  units: parseAsStringLiteral(unitChoices).withDefault('joined'),
  all: parseAsBoolean.withDefault(false),
};

/** What a backfill will do, before it does it. */
export function PlanScreen() {
  const [params, setParams] = useQueryStates(planParams);
  const { customer, from, to, strategy, units, all } = params;
  const asked = Boolean(customer && from && to);
  const planned = usePlan(
    asked
      ? {
          kind: 'backfill',
          customerId: customer,
          fromDay: from,
          toDay: to,
          strategy: strategy ?? undefined,
          units,
          onlyAffected: !all,
          recount: false,
        }
      : null,
  );
  const plan = isRepairOf(planned.plan, customer) ? planned.plan : undefined;

  if (!asked) {
    return (
      <>
        <Heading title="New backfill" />
        <Empty title="A backfill needs a customer and days">
          Open{' '}
          <Link href={routes.customers()} className="underline">
            a customer
          </Link>{' '}
          and choose Backfill day.
        </Empty>
      </>
    );
  }
  return (
    <>
      {isDay(from) && isDay(to) && <TabTitle text={`Plan: ${customer} ${tabDays(from, to)}`} />}
      <Heading
        title={
          <>
            <span>Backfill</span>
            <Link href={routes.customer(customer)} className="text-muted hover:text-text hover:underline">
              {customer}
            </Link>
            <span>{rangeName(from, to)}</span>
          </>
        }
        verdict={
          plan ? <PlanVerdict plan={plan} /> : <span className="text-muted">Nothing happens before you confirm.</span>
        }
        meta={
          plan && (
            <>
              <span>Days in {plan.timeZone}</span>
              <span>strategy {strategyTitles[plan.strategy]}</span>
              <span>about {duration(plan.expectedSeconds * 1000)}</span>
              <span>
                previewed <Ago ms={plan.createdAtMs} />
              </span>
            </>
          )
        }
        actions={
          <>
            <RangePicker fromDay={from} toDay={to} onChange={(first, end) => setParams({ from: first, to: end })} />
            <Button disabled={planned.making} onClick={planned.again}>
              Preview again
            </Button>
          </>
        }
      />
      <PlanProgress planned={planned} what="The preview could not be made">
        <Link href={routes.customer(customer)} className="underline">
          Back to {customer}
        </Link>
      </PlanProgress>
      {!plan && planned.making && <PlanSkeleton />}
      {plan && (
        <PlanColumns
          making={planned.making}
          plan={
            <>
              <Section
                title="What will happen"
                aside={
                  plan.toDay > shiftDay(plan.fromDay, 1) && (
                    <label className="flex items-center gap-2 text-muted text-sm">
                      <input
                        type="checkbox"
                        checked={all}
                        onChange={(event) => setParams({ all: event.target.checked || null })}
                        className="accent-accent"
                      />
                      also days without affected conversations
                    </label>
                  )
                }
              >
                <PlanUnits plan={plan} />
              </Section>
              <Section title="Active Days, expected" aside={<ActiveDaysNote plan={plan} />}>
                <ExpectedActiveDays rows={plan.expectedActiveDays} />
              </Section>
              <Section title="What it works on">
                <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1 text-sm">
                  <dt className="text-muted">Labels</dt>
                  <dd className="break-all font-mono text-xs leading-5">{plan.labelsTable}</dd>
                  <dt className="text-muted">Label key</dt>
                  <dd className="break-all font-mono text-xs leading-5">{plan.labelKey}</dd>
                  <dt className="text-muted">Relabel Job</dt>
                  <dd className="break-all font-mono text-xs leading-5">{plan.jobTemplate}</dd>
                  <dt className="text-muted">Touches</dt>
                  <dd>
                    {count(sum(plan, 'partsTouched'), 'part')}, {bytes(sum(plan, 'bytesTouched'))}
                  </dd>
                  <dt className="text-muted">Plan</dt>
                  <dd className="font-mono text-xs leading-5">{plan.hash.slice(0, 16)}</dd>
                </dl>
              </Section>
            </>
          }
        >
          <StrategyChoice plan={plan} asked={strategy} onChoose={(chosen) => setParams({ strategy: chosen })} />
          <UnitChoice plan={plan} asked={units} onChoose={(chosen) => setParams({ units: chosen })} />
          <ConfirmPlan key={plan.hash} plan={plan} onlyAffected={!all} onChanged={planned.again} />
          <PreChecks checks={plan.checks} />
        </PlanColumns>
      )}
    </>
  );
}

const isRepairOf = (plan: Plan | undefined, customerId: string): plan is RepairPlan =>
  plan !== undefined && isRepair(plan) && plan.customerId === customerId;

function PlanVerdict({ plan }: { plan: Plan }) {
  const sums = sumsOf(plan);
  if (sums.days === 0) return <Mark tone="verified">No day of this range needs a repair.</Mark>;
  return (
    <span>
      <strong className="font-semibold">{count(sums.conversationsThatChange, 'conversation')}</strong> will change:{' '}
      {strategies[plan.strategy].summary(sums)}
    </span>
  );
}

function ActiveDaysNote({ plan }: { plan: Plan }) {
  const worked = workedUnits(plan).reduce((days, unit) => days + unit.days.length, 0);
  return (
    <span className="text-muted text-xs">
      {count(plan.expectedActiveDays.length, 'agent')} will change
      {workedUnits(plan).length < plan.units.length &&
        `, counted on the ${count(worked, 'day')} that this backfill works on`}
    </span>
  );
}

function PlanSkeleton() {
  return (
    <div role="status" aria-label="Making the preview" className="grid gap-6 lg:grid-cols-[minmax(0,1fr)_24rem]">
      <div className="flex flex-col gap-4">
        <Skeleton className="h-40" />
        <Skeleton className="h-56" />
      </div>
      <div className="flex flex-col gap-4">
        <Skeleton className="h-72" />
        <Skeleton className="h-32" />
      </div>
    </div>
  );
}
