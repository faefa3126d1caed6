import { ExpectedActiveDays } from '@/components/backfill/plan/expected-active-days';
import { sum, sumsOf } from '@/components/backfill/plan/plan-sums';
import { PlanUnits } from '@/components/backfill/plan/plan-units';
import { UndoUnits } from '@/components/backfill/plan/undo-units';
import { type ApprovedCampaign, CampaignPlanView } from '@/components/campaigns/approved-plan';
import { OrderPlanView } from '@/components/orders/order-preview';
import { Badge } from '@/components/ui/badge';
import { CheckLine } from '@/components/ui/check-line';
import { duration } from '@/components/ui/format';
import { Section } from '@/components/ui/heading';
import type { Approval } from '@/lib/approvals/model';
import { isRepair, type Plan } from '@/lib/backfill/state/plan-model';
import type { KillPlan } from '@/lib/mutations/kill-model';
import type { OrderPlan } from '@/lib/orders/model';
import { bytes, count, formatNumber } from '@/lib/words';

export const isPlan = (plan: unknown): plan is Plan =>
  typeof plan === 'object' &&
  plan !== null &&
  Array.isArray((plan as Plan).units) &&
  Array.isArray((plan as Plan).checks);

/** The plan as the requester saw it. */
export function PlanOfApproval({ approval }: { approval: Approval }) {
  if (approval.kind === 'kill') return <KillPlanView plan={approval.plan as KillPlan} />;
  if (approval.kind === 'campaign')
    return <CampaignPlanView plan={approval.plan as ApprovedCampaign} confirmed={approval.confirmed} />;
  if (approval.kind === 'order') return <OrderPlanView plan={approval.plan as OrderPlan} orderId={approval.subject} />;
  return isPlan(approval.plan) ? (
    <BackfillPlanView plan={approval.plan} confirmed={approval.confirmed} />
  ) : (
    <PlainPlan plan={approval.plan} />
  );
}

function BackfillPlanView({ plan, confirmed }: { plan: Plan; confirmed: string[] }) {
  const open = plan.checks.filter((check) => check.verdict !== 'pass');
  return (
    <div className="flex flex-col gap-5">
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1 text-sm">
        <dt className="text-muted">Deletes</dt>
        <dd>
          {count(plan.rowsToDelete, 'label row')} of {plan.labelsTable};{' '}
          {plan.undoOf
            ? `${count(sumsOf(plan).differAfter, 'conversation')} will differ from the truth`
            : `${formatNumber(sum(plan, 'conversationsThatChange'))} will change`}
        </dd>
        <dt className="text-muted">Touches</dt>
        <dd>
          {count(sum(plan, 'partsTouched'), 'part')}, {bytes(sum(plan, 'bytesTouched'))}; about{' '}
          {duration(plan.expectedSeconds * 1000)}
        </dd>
        <dt className="text-muted">Orphans deleted</dt>
        <dd>{formatNumber(sum(plan, 'orphansThatGo'))}</dd>
      </dl>
      {plan.undoOf ? <UndoUnits plan={plan} /> : <PlanUnits plan={plan} />}
      {isRepair(plan) && (
        <Section title="Active Days, expected">
          <ExpectedActiveDays rows={plan.expectedActiveDays} />
        </Section>
      )}
      <Section
        title="Pre-checks"
        aside={
          <Badge tone={open.length === 0 ? 'verified' : 'unknown'}>
            {open.length === 0 ? `all ${plan.checks.length} pass` : `${formatNumber(open.length)} not passed`}
          </Badge>
        }
      >
        <ul className="flex flex-col gap-2.5">
          {(open.length > 0 ? open : plan.checks).map((check) => (
            <CheckLine key={check.id} verdict={check.verdict} title={check.title} sentence={check.sentence}>
              {confirmed.includes(check.id) && <p className="font-medium">Confirmed by the requester.</p>}
            </CheckLine>
          ))}
        </ul>
      </Section>
    </div>
  );
}

export function KillPlanView({ plan }: { plan: KillPlan }) {
  return (
    <div className="flex flex-col gap-3 text-sm">
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1">
        <dt className="text-muted">Mutation</dt>
        <dd className="break-all font-mono text-xs leading-5">{plan.mutationId}</dd>
        <dt className="text-muted">Table</dt>
        <dd className="break-all font-mono text-xs leading-5">
          {plan.database}.{plan.table}
        </dd>
        <dt className="text-muted">On</dt>
        <dd>{plan.hosts.map(({ host, partsToDo }) => `${host} (${count(partsToDo, 'part')} to do)`).join(', ')}</dd>
        <dt className="text-muted">Statement</dt>
        <dd className="whitespace-pre-wrap break-all font-mono text-xs leading-5">{plan.command}</dd>
        {plan.failReason && (
          <>
            <dt className="text-muted">Fails with</dt>
            <dd className="break-all">{plan.failReason}</dd>
          </>
        )}
      </dl>
      <p className="text-muted">
        Parts that the mutation already changed stay changed. The other parts are left as they are.
      </p>
    </div>
  );
}

function PlainPlan({ plan }: { plan: unknown }) {
  return (
    <pre className="overflow-x-auto whitespace-pre-wrap break-all rounded-md bg-raised/60 p-3 font-mono text-xs">
      {JSON.stringify(plan, null, 2)}
    </pre>
  );
}
