import { join } from 'node:path';
import { expect, it } from 'vitest';
import { firstLoadMostKb, firstLoads } from '@/scripts/support/first-load.mjs';
import { root } from '@/scripts/support/run.mjs';

const loads = firstLoads(join(root, '.next'));

it('every built page is measured', () => {
  expect(loads.length).toBeGreaterThan(30);
  for (const { page, files } of loads) expect(files.length, page).toBeGreaterThan(3);
});

it.each(loads)('the first visit of $page loads little enough', ({ kb }) => {
  expect(kb).toBeLessThanOrEqual(firstLoadMostKb);
});
