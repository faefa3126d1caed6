import { formatNumber } from '@/lib/words';
import { Button } from './button';

/** The way through the pages of a list; nothing where there is one page. `at` counts from 0. */
export function Pages({
  label,
  page: { at, of },
  onTurn,
}: {
  /** "Pages of units". */
  label: string;
  page: { at: number; of: number };
  onTurn: (page: number) => void;
}) {
  if (of <= 1) return null;
  return (
    <nav aria-label={label} className="flex items-center gap-2">
      <Button size="sm" disabled={at === 0} onClick={() => onTurn(at - 1)}>
        Previous
      </Button>
      <span>
        Page {formatNumber(at + 1)} of {formatNumber(of)}
      </span>
      <Button size="sm" disabled={at + 1 >= of} onClick={() => onTurn(at + 1)}>
        Next
      </Button>
    </nav>
  );
}
