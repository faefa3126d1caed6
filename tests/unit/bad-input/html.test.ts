import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, it } from 'vitest';
import { RowHistoryScreen } from '@/components/audit/row-history-screen';
import { hostileTexts } from '@/tests/support/hostile';

it.each(Object.entries(hostileTexts))('%s stands in a page as text', (_, text) => {
  const data = {
    customerId: text,
    conversationId: text,
    atLeast: false,
    audit: [],
    sentence: text,
    rows: [
      {
        backupId: text,
        backedUpAtMs: 0,
        columns: { [text]: text, agent_user_id: text },
        run: null,
        deletedAtMs: null,
        deleteJob: null,
        sentence: text,
      },
    ],
  };
  const html = renderToStaticMarkup(
    createElement(RowHistoryScreen, { found: { ok: true, data }, customer: text, conversation: text }),
  );
  expect(html).not.toMatch(/<(img|script)/i);
  expect(html.replaceAll(/<[^>]*>/g, ' ')).not.toMatch(/[<>]/);
});
