import { Mark } from '@/components/ui/badge';
import { CheckLine } from '@/components/ui/check-line';
import { Section } from '@/components/ui/heading';
import { LastKnown } from '@/components/ui/live';
import type { PreCheck } from '@/lib/backfill/state/plan-model';
import { formatNumber } from '@/lib/words';

/** A plan at the left; at the right what to confirm, and the pre-checks. Inert while `making` another plan. */
export function PlanColumns({
  making,
  plan,
  children,
}: {
  making: boolean;
  plan: React.ReactNode;
  children: React.ReactNode;
}) {
  return (
    <LastKnown lost={making}>
      <div inert={making} className="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_24rem]">
        <div className="flex min-w-0 flex-col gap-6">{plan}</div>
        <div className="flex min-w-0 flex-col gap-5">{children}</div>
      </div>
    </LastKnown>
  );
}

/** Checks that fail come first. */
const weight = { fail: 0, unknown: 1, pass: 2 };

export function PreChecks({ checks }: { checks: PreCheck[] }) {
  return (
    <Section title="Pre-checks" aside={<Summary checks={checks} />}>
      <ul className="flex flex-col gap-2.5 rounded-lg border border-line bg-surface p-3.5">
        {checks
          .toSorted((a, b) => weight[a.verdict] - weight[b.verdict])
          .map((check) => (
            <CheckLine key={check.id} verdict={check.verdict} title={check.title} sentence={check.sentence} />
          ))}
      </ul>
    </Section>
  );
}

function Summary({ checks }: { checks: PreCheck[] }) {
  const of = (verdict: PreCheck['verdict']) => checks.filter((check) => check.verdict === verdict).length;
  if (of('fail') > 0) return <Mark tone="attention">{formatNumber(of('fail'))} fail</Mark>;
  if (of('unknown') > 0) return <Mark tone="unknown">{formatNumber(of('unknown'))} unknown</Mark>;
  return <Mark tone="verified">all {formatNumber(of('pass'))} pass</Mark>;
}
