import { expect as expectPage, type Page } from '@playwright/test';
import { describe, expect, it } from 'vitest';
import { namespace } from '../../../local-cluster/console.mjs';
import { places, signIn } from '../../e2e/support/sign-in';
import { until } from '../../support/until';
import type { Here } from './here';

const action = 'Delete 1,204 label rows and relabel 1,204 conversations; 17 will change';
const see = expectPage.configure({ timeout: 120_000 });

/** A page of a person who has signed in, as the browser tests have one. */
async function asOperator(here: Here, path: string, work: (page: Page) => Promise<void>): Promise<void> {
  const page = await here.page();
  page.setDefaultTimeout(120_000);
  try {
    await signIn(page, 'operator', path);
    await work(page);
  } finally {
    await page.close();
  }
}

/** Does the one right thing with a run that stopped in its delete. */
export function resume(here: Here, runId: string): Promise<void> {
  return asOperator(here, `/backfills/${runId}`, async (page) => {
    const right = /^(Look again|Write the labels of )/;
    await page.getByRole('button', { name: right }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox').fill('The right is back.');
    await dialog.getByRole('button', { name: right }).click();
    await see(dialog).toBeHidden();
  });
}

export function browserCases(here: () => Here): void {
  describe('with "npm run cluster"', () => {
    it('the incident is repaired from the browser, and kubectl shows both Jobs', async () => {
      await asOperator(here(), places.day, async (page) => {
        await see(page.getByTitle('Jobs run in Kubernetes: slc-demo / stale-labels')).toHaveText(
          'slc-demo / stale-labels',
        );
        await page.getByRole('button', { name: 'Backfill day' }).click();
        await page.getByRole('link', { name: 'Open the whole preview' }).click();
        await page.getByRole('radio', { name: /Replace/ }).click();
        await see(page.getByText('17 conversations')).toBeVisible();
        const confirm = page.getByRole('region', { name: 'Confirm' });
        for (const box of await confirm.getByRole('checkbox').all()) await box.check();
        await page.getByRole('button', { name: action }).click();
        const dialog = page.getByRole('dialog');
        await dialog.getByLabel('Reason, for the audit').fill('CONVI-6242');
        await dialog.getByRole('button', { name: action }).click();
        await see(page.locator('h1').getByText('verified')).toBeVisible();
        await see(page.getByText('1 day verified by counting')).toBeVisible();
        await page.getByRole('button', { name: /^Relabel of Tue 10 Feb 2026: done/ }).click();
        const log = page.getByRole('log', { name: 'Job log' });
        await see(log.getByRole('listitem')).not.toHaveCount(0);
      });
      const table = await here().on.kubectl(['-n', namespace, 'get', 'jobs']);
      expect(table).toMatch(/^delete-2026-02-10-[0-9a-f]{10}\s+Complete\s+1\/1/m);
      expect(table).toMatch(/^relabel-2026-02-10-[0-9a-f]{10}\s+Complete\s+1\/1/m);
      expect(await here().kinds()).toEqual(['backup', 'delete', 'relabel']);
      const scan = await here().cli('scan', 'alaska-air', '--day', '2026-02-10', '--fail-if-affected', '--json');
      expect(scan.code, scan.stderr).toBe(0);
      const days = await here().cli('active-days', 'alaska-air', '--day', '2026-02-10', '--csv');
      expect(days.stdout).toMatch(/corinne.*1/i);
    });

    it('the health page shows what the accounts of the pages and of the worker may do, and both images', async () => {
      await asOperator(here(), '/health', async (page) => {
        const part = (title: string) =>
          page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: title, exact: true }) });
        const worker = part('Jobs, as the worker sees them');
        await see(worker).toContainText('Asked');
        const account = 'system:serviceaccount:stale-labels';
        await see(worker).toContainText(`account${account}:slc-worker`);
        await see(worker).toContainText('right to create jobsok');
        await see(part('Jobs')).toContainText(`account${account}:slc-web`);
        await see(part('Jobs')).not.toContainText('create jobs');
        for (const image of ['image of the labelerok', 'image of own jobsok'])
          await see(part('Jobs')).toContainText(image, { ignoreCase: true });
      });
    });

    it('the health page names a right that the worker lost, while the pages lack nothing', async () => {
      const binding = await withdrawBinding(here());
      await asOperator(here(), '/health', async (page) => {
        const worker = page.getByRole('listitem').filter({ hasText: 'Jobs, as the worker sees them' });
        await see(worker).toContainText('May not create jobs in stale-labels.');
        await see(worker).toContainText('failed');
      });
      await binding.restore();
      await until('the worker asked again', async () => {
        const found = await here().db.query(`SELECT 1 FROM workers WHERE launcher_check::text LIKE '%May not%'`);
        return found.rowCount === 0;
      });
    });
  });
}

/** Takes every right from the worker until `restore`. */
export async function withdrawBinding({ on }: Here): Promise<{ restore(): Promise<unknown> }> {
  const given = await on.kubectl(['-n', namespace, 'get', 'rolebinding', 'slc-worker', '-o', 'json']);
  const { apiVersion, kind, roleRef, subjects } = JSON.parse(given);
  await on.kubectl(['-n', namespace, 'delete', 'rolebinding', 'slc-worker']);
  const metadata = { name: 'slc-worker', namespace };
  return { restore: () => on.kubectl(['create', '-f', '-'], { apiVersion, kind, metadata, roleRef, subjects }) };
}
