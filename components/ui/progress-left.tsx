import type { Progress } from '@/lib/backfill/state/model';
import { duration } from './format';
import { ProgressBar } from './progress-bar';

/** The share that is done, from 0 to 1. */
const shareOf = ({ done, of }: Progress): number => (of > 0 ? Math.min(done / of, 1) : 0);

/** "42 %", and "42 %, about 3 min left" where the pace is known. It says 99 % until everything is done. */
export function progressText(progress: Progress): string {
  const percent = progress.done < progress.of ? Math.min(Math.floor(shareOf(progress) * 100), 99) : 100;
  return progress.secondsLeft === null
    ? `${percent} %`
    : `${percent} %, about ${duration(Math.max(progress.secondsLeft, 1) * 1_000)} left`;
}

/** How far work is, as a bar and in words. */
export function ProgressLeft({ label, progress }: { label: string; progress: Progress }) {
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <span className="whitespace-nowrap text-sm">{progressText(progress)}</span>
      <ProgressBar label={label} share={shareOf(progress)} />
    </div>
  );
}
