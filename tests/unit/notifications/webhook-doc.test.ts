import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { Message } from '@/lib/notifications/message-model';
import { webhookBody, webhookHeaders } from '@/lib/notifications/send/webhook';

const page = readFileSync('docs/notifications.md', 'utf8');
const block = (language: string) => new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(page)?.[1] ?? '';

const message: Message = {
  key: '7b0c6a1e-0c0f-4f3e-9a53-2f6f1c1d8e11',
  kind: 'opened',
  event: 'finding new',
  caseId: '0d0e6f0a-52a5-4b43-8c4e-9a6f4b1f0c55',
  customerId: 'alaska-air',
  title: 'Labels of alaska-air on 10 Feb 2026 are wrong.',
  lines: ['17 of 1,204 conversations are affected: agent 17, use case 17, end hour 17.'],
  url: 'https://stale-labels.example.com/findings/f0787a1c-8510-4a85-accc-3db00d1c4c0d',
  environment: 'production',
  atMs: Date.parse('2026-02-11T02:03:04Z'),
  mayRepeat: false,
};

it('the body in docs/notifications.md is what a receiver gets', () => {
  expect(JSON.parse(webhookBody(message))).toEqual(JSON.parse(block('json')));
});

it('the code in docs/notifications.md accepts what the console signs, and nothing else', async () => {
  const { isFromConsole } = await import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(block('js'))}`);
  const nowMs = Date.parse('2026-02-11T02:03:05Z');
  const body = webhookBody({ ...message, title: 'Ünïcode 🧾' });
  const headers = webhookHeaders(message, body, 'the secret', nowMs);
  expect(isFromConsole('the secret', headers, body, nowMs)).toBe(true);
  expect(isFromConsole('the secret', headers, body, nowMs + 299_000)).toBe(true);
  expect(isFromConsole('the secret', headers, body, nowMs + 302_000)).toBe(false);
  expect(isFromConsole('another secret', headers, body, nowMs)).toBe(false);
  expect(isFromConsole('the secret', headers, `${body} `, nowMs)).toBe(false);
  expect(isFromConsole('the secret', { ...headers, 'x-slc-timestamp': '1' }, body, 2_000)).toBe(false);
  expect(isFromConsole('the secret', {}, body, nowMs)).toBe(false);
});
