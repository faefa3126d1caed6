import { expect, test } from 'vitest';
import { decideDays } from '@/lib/find/read/days';
import { phrasesOf, understand } from '@/lib/find/read/understand';

const customers = Array.from({ length: 500 }, (_, at) => ({
  id: `customer-${at}`,
  displayName: `Customer ${at} of the World`,
  aliases: [`C${at} World`],
}));
const long = (piece: string) => piece.repeat(Math.ceil(20_000 / piece.length)).slice(0, 20_000);

test.each([
  'a ',
  '1',
  '1-',
  '10 ',
  '10 Feb ',
  'Feb ',
  '> ',
  '[',
  'same ',
  'same as at the ',
  'customer ',
  'Customer: x\n',
  'a@b.c ',
  'a.',
  'https://a/',
  '\n',
  '-',
  '2026-02-10 - ',
  'reported on the ',
  'Reported On ',
  'ABC ',
  'x-1 ',
  'conversation:',
  ' ',
  '\t',
  '(((',
  '10/02/2026 to ',
  'on Mon ',
  '\u0000',
  '👀',
  'e\u0301',
  '10:',
])('20,000 characters of %j are read within seconds on a busy machine, for 500 customers', (piece) => {
  const began = performance.now();
  const understood = understand(long(piece), customers, '2026-02-16');
  decideDays(understood.daysIn({ today: '2026-02-16', timeZone: 'Asia/Kathmandu' }));
  phrasesOf(understood);
  expect(understood.whom.sure).toBeNull();
  expect(performance.now() - began).toBeLessThan(5_000);
});
