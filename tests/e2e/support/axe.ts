import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

/**
 * Expects that nothing on the page breaks a rule of accessibility, dark and light, and goes on where something does. Only
 * contrast depends on the scheme, so the other rules are asked once. The page is light and without motion after it.
 */
export async function axe(page: Page, what: string): Promise<void> {
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await expect(page.locator('html')).toHaveClass(new RegExp(`\\b${colorScheme}\\b`));
    const builder = new AxeBuilder({ page });
    const { violations } = await (colorScheme === 'dark' ? builder.withRules('color-contrast') : builder).analyze();
    expect
      .soft(
        violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join('\n')}`),
        `${what}, ${colorScheme}`,
      )
      .toEqual([]);
  }
}
