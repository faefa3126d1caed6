import { Mark } from '@/components/ui/badge';
import type { ActiveDaysDiff } from '@/lib/active-days/model';
import type { AgentChange } from '@/lib/active-days/verdict-model';
import { count, formatNumber } from '@/lib/words';
import { verdictTones } from './verdicts';

/** The result of the diff in one sentence. */
export function DiffVerdict({ diff }: { diff: ActiveDaysDiff }) {
  const { fixed } = diff.counts;
  const wrong = diff.counts['still wrong'];
  const surprising = diff.counts['changed unexpectedly'];
  if (surprising > 0) return <Mark tone="attention">{count(surprising, 'agent')} changed unexpectedly.</Mark>;
  if (wrong > 0)
    return (
      <Mark tone="stale">
        <span className="text-text">
          The Active Days of {count(wrong, 'agent')} are wrong
          {fixed > 0 && `; ${count(fixed, 'agent is', 'agents are')} fixed`}.
        </span>
      </Mark>
    );
  if (fixed > 0)
    return (
      <Mark tone="verified">
        <span className="text-text">
          {count(fixed, 'agent is', 'agents are')} fixed; all others are unchanged and as expected.
        </span>
      </Mark>
    );
  return <Mark tone="verified">The Active Days of every agent are right.</Mark>;
}

/** How many agents have each verdict. A click shows only those. */
export function VerdictFilter({
  diff,
  value,
  onChange,
}: {
  diff: ActiveDaysDiff;
  value: string | null;
  onChange: (value: AgentChange | null) => void;
}) {
  return (
    <fieldset className="flex flex-wrap gap-1">
      <legend className="sr-only">Filter by verdict</legend>
      {(Object.keys(verdictTones) as AgentChange[]).map((verdict) => (
        <button
          key={verdict}
          type="button"
          aria-pressed={value === verdict}
          disabled={diff.counts[verdict] === 0 && value !== verdict}
          onClick={() => onChange(value === verdict ? null : verdict)}
          className="h-8 rounded-md border border-line px-2.5 text-muted text-sm enabled:hover:bg-raised aria-pressed:border-accent aria-pressed:bg-raised aria-pressed:text-text"
        >
          {verdict} <span className="font-semibold">{formatNumber(diff.counts[verdict])}</span>
        </button>
      ))}
    </fieldset>
  );
}

/** The agent-days of the agents that are shown. */
export function Totals({ diff }: { diff: ActiveDaysDiff }) {
  const figures = [
    ['Before', diff.totals.before],
    ['Expected', diff.totals.expected],
    ['After', diff.totals.after],
  ] as const;
  return (
    <dl className="grid grid-cols-3 gap-2 sm:max-w-xl">
      {figures.map(([label, value]) => (
        <div key={label} className="rounded-lg border border-line bg-surface px-3.5 py-2">
          <dt className="text-muted text-xs">{label}, agent-days</dt>
          <dd className="font-semibold text-xl leading-tight">{formatNumber(value)}</dd>
        </div>
      ))}
    </dl>
  );
}
