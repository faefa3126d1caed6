import { Pages } from '@/components/ui/pages';
import type { RunView, UnitCounts } from '@/lib/backfill/state/model';
import { formatNumber } from '@/lib/words';

const named: (keyof UnitCounts)[] = ['needs attention', 'working', 'planned', 'verified', 'cancelled'];

/** How many units are in which state, and the pages of a run that has more than one. */
export function UnitPages({ run, onTurn }: { run: RunView; onTurn: (page: number) => void }) {
  if (run.unitsTotal <= 1) return null;
  return (
    <div className="flex flex-wrap items-center justify-between gap-3 text-muted text-sm">
      <span>
        {named
          .filter((state) => run.counts[state] > 0)
          .map((state) => `${formatNumber(run.counts[state])} ${state}`)
          .join(', ')}
      </span>
      <Pages label="Pages of units" page={run.page} onTurn={onTurn} />
    </div>
  );
}
