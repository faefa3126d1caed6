'use client';

import type { Progress } from '@/lib/backfill/state/model';
import { percentOf } from '@/lib/backfill/state/progress-model';
import { about } from './format';
import { ProgressBar } from './progress-bar';
import { Instant, useNow } from './time';

/** "42 %", and "42 %, about 3 min left" where the pace is known. */
export function progressText(progress: Progress): string {
  const { secondsLeft } = progress;
  return `${percentOf(progress)} %${secondsLeft === null ? '' : `, ${about(secondsLeft)} left`}`;
}

/** How far work is, as a bar and in words; with a time zone also until when it will take. */
export function ProgressLeft({ label, progress, timeZone }: { label: string; progress: Progress; timeZone?: string }) {
  const { secondsLeft } = progress;
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <span className="whitespace-nowrap text-sm">
        {progressText(progress)}
        {timeZone && secondsLeft !== null && <Until secondsLeft={secondsLeft} timeZone={timeZone} />}
      </span>
      <ProgressBar label={label} share={percentOf(progress) / 100} />
    </div>
  );
}

/** ", until about 14:05 UTC". Nothing for less than two minutes, which nobody looks at a clock for. */
function Until({ secondsLeft, timeZone }: { secondsLeft: number; timeZone: string }) {
  const now = useNow();
  if (now === 0 || secondsLeft < 120) return null;
  return (
    <span className="text-muted">
      , until about{' '}
      <Instant ms={now + secondsLeft * 1_000} timeZone={timeZone} day={secondsLeft > 43_200} seconds={false} />
    </span>
  );
}
