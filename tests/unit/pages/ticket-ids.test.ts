import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, it } from 'vitest';
import { ReasonText, TicketUrlProvider } from '@/components/tickets/reason-text';
import { piecesOf } from '@/components/tickets/ticket-ids';

const tickets = (text: string) => piecesOf(text).flatMap(({ text: id, ticket }) => (ticket ? [id] : []));

it('ids of tickets are found in a reason, and nothing else is', () => {
  expect(tickets('CONVI-6242: wrong agent, as in OPS2-17.')).toEqual(['CONVI-6242', 'OPS2-17']);
  for (const text of ['convi-6242', '2026-02-10', 'A-1', 'UTF-8x', 'X-', 'COVID', ''])
    expect(tickets(text)).toEqual([]);
  expect(piecesOf('see CONVI-1 now').map(({ text }) => text)).toEqual(['see ', 'CONVI-1', ' now']);
});

const shown = (url: string | null, reason: string) =>
  renderToStaticMarkup(createElement(TicketUrlProvider, { url } as never, createElement(ReasonText, null, reason)));

it('a reason leads to its ticket where the address of tickets is configured, and is plain text elsewhere', () => {
  expect(shown('https://t.example/{ticket}?from={ticket}', 'for CONVI-7 <b>')).toMatch(
    /for .*<a href="https:\/\/t\.example\/CONVI-7\?from=CONVI-7" target="_blank" rel="noreferrer"[^>]*>CONVI-7<\/a>.* &lt;b&gt;/,
  );
  expect(shown(null, 'for CONVI-7')).not.toContain('<a');
});
