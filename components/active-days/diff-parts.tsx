import Link from 'next/link';
import { routes } from '@/components/routes';
import { Mark } from '@/components/ui/badge';
import { cn } from '@/components/ui/cn';
import { Instant } from '@/components/ui/time';
import type { ActiveDaysDiff, ComparedMoment } from '@/lib/active-days/model';
import type { AgentChange } from '@/lib/active-days/verdict-model';
import { count, formatNumber } from '@/lib/words';
import { meaningOf, momentName, verdictsOf } from './verdicts';

/** The result of the diff in one sentence. */
export function DiffVerdict({ diff }: { diff: ActiveDaysDiff }) {
  const { fixed } = diff.counts;
  const wrong = diff.counts['still wrong'] + diff.counts.wrong;
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
      {verdictsOf(diff.compared !== null)
        .filter((verdict) => verdict !== 'wrong' || !diff.compared || diff.counts.wrong > 0)
        .map((verdict) => (
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
  const figures: [string, number][] = diff.compared
    ? [
        ['Before', diff.totals.before],
        ['Expected', diff.totals.expected],
        ['After', diff.totals.after],
      ]
    : [
        ['Labels say', diff.totals.after],
        ['Truth says', diff.totals.expected],
      ];
  return (
    <dl className={cn('grid gap-2', diff.compared ? 'grid-cols-3 sm:max-w-xl' : 'grid-cols-2 sm:max-w-sm')}>
      {figures.map(([label, value]) => (
        <div key={label} className="rounded-lg border border-line bg-surface px-3.5 py-2">
          <dt className="text-muted text-xs">{label}, agent-days</dt>
          <dd className="font-semibold text-xl leading-tight">{formatNumber(value)}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Which moments are compared, or that there is only now. */
export function Compared({ diff }: { diff: ActiveDaysDiff }) {
  if (!diff.compared) return <span>Current values. Choose a run to compare before and after.</span>;
  const { before, after } = diff.compared;
  return (
    <>
      <OneMoment name="before" of={before} timeZone={diff.timeZone} />
      <OneMoment name="after" of={after} timeZone={diff.timeZone} />
      {diff.runId && after.moment === 'now' && <span>The run has not ended, so after is now.</span>}
    </>
  );
}

function OneMoment({ name, of, timeZone }: { name: string; of: ComparedMoment; timeZone: string }) {
  const [run = '', phase] = of.moment.split(':');
  return (
    <span>
      {name}:{' '}
      {phase ? (
        <Link href={routes.run(run)} className="underline">
          {momentName(of.moment)}
        </Link>
      ) : (
        'now'
      )}
      , <Instant ms={of.takenAtMs} timeZone={timeZone} />
    </span>
  );
}

/** What 0 and N/A mean, above the numbers in which they stand. */
export function Meaning({ diff }: { diff: ActiveDaysDiff }) {
  const meaning = meaningOf(diff.agents.flatMap(({ before, expected, after }) => [before, expected, after]));
  return meaning && <p className="text-muted text-sm">{meaning}</p>;
}
