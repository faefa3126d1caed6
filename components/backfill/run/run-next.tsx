import { ArrowRight, Check, CircleAlert, Clock3, Pause as PauseIcon, TriangleAlert } from 'lucide-react';
import { ReasonText } from '@/components/tickets/reason-text';
import { duration, unitName } from '@/components/ui/format';
import { Instant } from '@/components/ui/time';
import type { ItemView, RunView } from '@/lib/backfill/state/model';
import type { Pause, PauseCause } from '@/lib/holds/model';
import { StayLine } from './stay-line';

/** What happens next or why the run stopped, who looks at how to cancel it, and the gap of the unit. */
export function RunNext({ run, item }: { run: RunView; item: ItemView | undefined }) {
  const { stopped } = run;
  return (
    <div
      aria-live="polite"
      className="flex flex-col gap-1.5 rounded-lg border border-line bg-surface px-4 py-3 text-sm"
    >
      <p className="flex items-start gap-2">
        {stopped ? (
          <>
            <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-attention" />
            <span>
              <span className="font-medium">Why it stopped: </span>
              {stopped.failure}
            </span>
          </>
        ) : (
          <>
            <ArrowRight aria-hidden className="mt-0.5 size-4 shrink-0 text-muted" />
            <span>{run.next}</span>
          </>
        )}
      </p>
      {run.pause && <Paused pause={run.pause} timeZone={run.timeZone} />}
      <StayLine stay={run.stay} />
      {item && <Gap item={item} />}
    </div>
  );
}

const pauseWords: Record<PauseCause, (by: string) => string> = {
  person: (by) => `Paused by ${by}`,
  hold: () => 'Held',
  campaign: () => 'Paused by its campaign',
  'stop everything': (by) => `${by} stopped everything`,
};

/** Why the run waits, or will after the unit that it is in. */
function Paused({ pause, timeZone }: { pause: Pause; timeZone: string }) {
  return (
    <p className="flex items-start gap-2">
      <PauseIcon aria-hidden className="mt-0.5 size-4 shrink-0 text-stale" />
      <span>
        <span className="font-medium">{pauseWords[pause.cause](pause.by)}</span> since{' '}
        <Instant ms={pause.atMs} timeZone={timeZone} />: <ReasonText>{pause.reason}</ReasonText>
      </span>
    </p>
  );
}

function Gap({ item: { unit, gapMs, missing, status, endedAtMs } }: { item: ItemView }) {
  if (gapMs === null) return null;
  const open = missing !== null || (gapMs > 0 && endedAtMs === null && status !== 'needs attention');
  if (open)
    return (
      <p className="flex items-start gap-2">
        <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-attention" />
        <span>
          <span className="font-medium text-attention">Gap so far {duration(gapMs)}</span>: labels of {unitName(unit)}{' '}
          are missing until they are written again and counted.
        </span>
      </p>
    );
  const Icon = gapMs === 0 ? Check : Clock3;
  return (
    <p className="flex items-start gap-2 text-muted">
      <Icon aria-hidden className="mt-0.5 size-4 shrink-0" />
      {gapMs === 0
        ? `No label of ${unitName(unit)} was missing at any time.`
        : `Labels of ${unitName(unit)} were missing for ${duration(gapMs)}.`}
    </p>
  );
}
