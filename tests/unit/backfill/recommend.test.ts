import { expect, it } from 'vitest';
import { recommend } from '@/lib/backfill/plan/units/recommend';
import type { RepairStrategy } from '@/lib/backfill/state/name-model';
import type { PlanOffer } from '@/lib/backfill/state/plan-model';

const offer = (strategy: RepairStrategy, rowsToDelete: number | null, gapSeconds = 0): PlanOffer => ({
  strategy,
  possible: rowsToDelete !== null,
  sentence: `${strategy} is as it is.`,
  rowsToDelete,
  gapSeconds,
});
const mutable = [offer('replace', 1_204, 4), offer('no-gap', 17), offer('relabel-only', null)];

it('no gap is recommended where it repairs everything, with what it deletes instead', () => {
  expect(recommend({ offers: mutable, orphans: 0, labelRows: 1_204 })).toEqual({
    strategy: 'no-gap',
    sentence: 'No gap: it deletes at most 17 rows instead of 1,204, and no label is missing meanwhile.',
  });
  const missing = [offer('replace', 0), offer('no-gap', 0), offer('relabel-only', null)];
  expect(recommend({ offers: missing, orphans: 0, labelRows: 0 }).sentence).toBe(
    'No gap: there is no label row to delete, and missing labels are written.',
  );
});

it('replace is recommended where orphans must go, with how long labels are missing', () => {
  expect(recommend({ offers: mutable, orphans: 12, labelRows: 1_204 })).toEqual({
    strategy: 'replace',
    sentence: 'Replace: 12 orphans must go, and no gap would leave them. Labels are missing for about 4 s at a time.',
  });
});

it('where the key stays, relabel only is the one, and what is not possible is never recommended', () => {
  const stays = [offer('replace', null), offer('no-gap', null), offer('relabel-only', 0)];
  expect(recommend({ offers: stays, orphans: 3, labelRows: 9 }).strategy).toBe('relabel-only');
  const byEnd = [offer('replace', null), offer('no-gap', 4), offer('relabel-only', null)];
  expect(recommend({ offers: byEnd, orphans: 3, labelRows: 9 }).strategy).toBe('no-gap');
});
