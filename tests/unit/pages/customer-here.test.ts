import { expect, it } from 'vitest';
import { activeDaysFrom } from '@/components/shell/customer-here';

const from = (path: string, query = '') => activeDaysFrom(path, new URLSearchParams(query));

it('Active Days stay with the customer and the days of the page, and with none where the page has none', () => {
  expect(from('/customers/alaska-air/days/2026-02-10')).toBe(
    '/active-days?customer=alaska-air&from=2026-02-10&to=2026-02-11',
  );
  expect(from('/customers/a%20b', 'from=2026-02-01&to=2026-03-01')).toBe(
    '/active-days?customer=a+b&from=2026-02-01&to=2026-03-01',
  );
  expect(from('/customers/alaska-air')).toBe('/active-days?customer=alaska-air');
  expect(from('/backfills/new', 'customer=contoso&from=2026-02-04&to=2026-02-05')).toBe(
    '/active-days?customer=contoso&from=2026-02-04&to=2026-02-05',
  );
  for (const path of ['/customers', '/health', '/customers/%E0%A4%A']) expect(from(path)).toBe('/active-days');
  expect(from('/active-days', 'from=2026-02-01&to=2026-03-01')).toBe('/active-days');
});
