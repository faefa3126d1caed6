import { afterAll, beforeAll, beforeEach, vi } from 'vitest';
import { browserCases } from './cases/browser';
import { Here } from './cases/here';
import { imageCases } from './cases/image';
import { passingCases } from './cases/passing';
import { repairCases } from './cases/repair';
import { rightsCases } from './cases/rights';

vi.setConfig({ testTimeout: 400_000 });

let started: Here | undefined;
const here = (): Here => {
  if (!started) throw new Error('"npm run cluster" did not start');
  return started;
};

beforeAll(async () => {
  started = await Here.start();
});
afterAll(async () => {
  await started?.stop();
});

let failed = false;
beforeEach(async ({ task, onTestFailed }) => {
  const again = (task.result?.retryCount ?? 0) > 0;
  if (failed || again) await here().recover();
  failed = false;
  onTestFailed(() => {
    failed = true;
  });
});

// The browser's repair comes first, because the demo's incident is there when it starts.
browserCases(here);
repairCases(here);
passingCases(here);
rightsCases(here);
imageCases(here);
