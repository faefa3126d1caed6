import { Button } from '@/components/ui/button';
import type { RunView, UnitCounts } from '@/lib/backfill/state/model';
import { formatNumber } from '@/lib/words';

const named: (keyof UnitCounts)[] = ['needs attention', 'working', 'planned', 'verified', 'cancelled'];

/** How many units are in which state, and the pages of a run that has more than one. */
export function UnitPages({ run, onTurn }: { run: RunView; onTurn: (page: number) => void }) {
  const { at, of } = run.page;
  if (run.unitsTotal <= 1) return null;
  return (
    <div className="flex flex-wrap items-center justify-between gap-3 text-muted text-sm">
      <span>
        {named
          .filter((state) => run.counts[state] > 0)
          .map((state) => `${formatNumber(run.counts[state])} ${state}`)
          .join(', ')}
      </span>
      {of > 1 && (
        <nav aria-label="Pages of units" className="flex items-center gap-2">
          <Button size="sm" disabled={at === 0} onClick={() => onTurn(at - 1)}>
            Earlier
          </Button>
          <span>
            Page {formatNumber(at + 1)} of {formatNumber(of)}
          </span>
          <Button size="sm" disabled={at + 1 >= of} onClick={() => onTurn(at + 1)}>
            Later
          </Button>
        </nav>
      )}
    </div>
  );
}
