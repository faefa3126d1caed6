import { expect, test } from '@playwright/test';
import { inConsoleDatabase } from './support/console-database';
import { settled, signIn } from './support/sign-in';

const id = '00000000-0000-4000-8000-0000000000aa';
const counts = (affected: number) =>
  JSON.stringify({
    ...{ conversations: 81, affected, stale: affected, duplicates: 0, missing: 0, orphans: 0, open: 0, settling: 0 },
    flags: { wrongAgent: affected },
  });
const ofAgent = (affected: number) => ({ affected, stale: affected, duplicates: 0 });
const shares = JSON.stringify([{ of: 'agent', key: 'Anna', recorded: ofAgent(7), found: ofAgent(10) }]);

test.beforeAll(() =>
  inConsoleDatabase(`
    DELETE FROM misses WHERE id = '${id}';
    INSERT INTO misses (id, customer_id, scan_id, found_at, missed)
    VALUES ('${id}', 'northwind', '${id}', '2026-02-12T02:00:00Z', 3);
    INSERT INTO miss_days (miss_id, day, missed, recorded, found, shares)
    VALUES ('${id}', '2026-02-09', 3, '${counts(7)}', '${counts(10)}', '${shares}')`),
);
test.afterAll(() => inConsoleDatabase(`DELETE FROM misses WHERE id = '${id}'`));

test('what increments missed is a section of the findings, with a page on which an operator says what it was', async ({
  page,
}) => {
  await signIn(page, 'operator', '/findings');
  const section = page.getByRole('region', { name: 'Missed by increments' });
  await expect(section).toContainText('1 miss');
  await section.getByRole('link').click();
  await expect(page).toHaveURL(new RegExp(`/findings/misses/${id}$`));
  const day = page.getByRole('region', { name: /9 Feb 2026/ });
  await expect(day.getByRole('row', { name: /^affected/ })).toHaveText('affected710');
  await expect(day.getByRole('row', { name: /^agent Anna/ })).toHaveText('agent Anna710');
  await expect(day.getByRole('row', { name: /^stale of agent Anna/ })).toHaveText('stale of agent Anna710');
  await expect(day.getByRole('row', { name: /conversations/ })).toHaveCount(0);
  await settled(page);
  await page.getByLabel('What it was').fill('copied in by hand');
  await page.getByRole('button', { name: 'Acknowledge' }).click();
  await expect(page.getByText(/E2E operator acknowledged it at .*: copied in by hand/)).toBeVisible();
  await expect(page.getByRole('button', { name: 'Acknowledge' })).toHaveCount(0);

  await page.goto('/findings');
  await expect(page.getByLabel('Missed by increments')).toContainText('Open misses (0)');
  await expect(section).toHaveCount(0);
  await page.getByLabel('Missed by increments').selectOption('all');
  await expect(section).toContainText('acknowledged');
});
