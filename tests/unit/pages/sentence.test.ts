import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, it } from 'vitest';
import { Sentence } from '@/components/ui/sentence';
import { rangeInWords } from '@/lib/customers/unit-words-model';

const shown = (text: string) => renderToStaticMarkup(createElement(Sentence, null, text));
const run = '2efbb8a3-4a36-4a52-a1fc-3f41f3f3a0b5';

it('a run that a sentence names by its address, and the page of mutations, are links', () => {
  expect(shown(`Another backfill is active. See /backfills/${run}: 8 Mar 2026, running.`)).toMatch(
    new RegExp(`See <a [^>]*href="/backfills/${run}"[^>]*>run 2efbb8a3</a>: 8 Mar 2026, running\\.$`),
  );
  expect(shown('Wait until it is done, or have it killed: see Mutations.')).toMatch(
    /killed: <a [^>]*href="\/mutations"[^>]*>see Mutations<\/a>\.$/,
  );
  for (const text of ['/backfills/new', 'Mutations are unfinished.', '<b> & "c"'])
    expect(shown(text)).not.toContain('<a');
});

it('days are named with the last one, not the day after it', () => {
  expect(rangeInWords('2026-03-08', '2026-03-09')).toBe('8 Mar 2026');
  expect(rangeInWords('2025-12-30', '2026-01-02')).toBe('30 Dec 2025 to 1 Jan 2026');
});
