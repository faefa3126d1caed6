import type { Progress } from '@/lib/backfill/state/model';
import { percentOf } from '@/lib/backfill/state/progress-model';
import { duration } from './format';
import { ProgressBar } from './progress-bar';

/** "42 %", and "42 %, about 3 min left" where the pace is known. */
export const progressText = (progress: Progress): string =>
  progress.secondsLeft === null
    ? `${percentOf(progress)} %`
    : `${percentOf(progress)} %, about ${duration(Math.max(progress.secondsLeft, 1) * 1_000)} left`;

/** How far work is, as a bar and in words. */
export function ProgressLeft({ label, progress }: { label: string; progress: Progress }) {
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <span className="whitespace-nowrap text-sm">{progressText(progress)}</span>
      <ProgressBar label={label} share={percentOf(progress) / 100} />
    </div>
  );
}
