import Link from 'next/link';
import { routes } from '@/components/routes';
import { unitName } from '@/components/ui/format';
import type { StoppedUnit } from '@/lib/backfill/state/stop-model';
import { count } from '@/lib/words';

const shownMost = 4;

/** The first of some units, each as a link to its run. */
export function Units({ units }: { units: StoppedUnit[] }) {
  return (
    <>
      {units.slice(0, shownMost).map((one, at) => (
        <span key={`${one.runId} ${one.unit}`}>
          {at > 0 && ', '}
          <Link href={routes.run(one.runId)} className="underline">
            {one.customerId} {unitName(one.unit)}
          </Link>{' '}
          ({count(one.labelRows, 'row')})
        </span>
      ))}
      {units.length > shownMost && ` and ${count(units.length - shownMost, 'more unit', 'more units')}`}
    </>
  );
}
