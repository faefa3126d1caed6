import { visible } from '@/lib/text';
import { headline, type Message, repetition } from '../message-model';
import type { Outcome } from './outcome';
import { post } from './post';

/** Slack cuts or refuses a section that is longer. */
const sectionMost = 2_900;

/** Slack's three special characters; without them no mention and no link comes of a text. */
const escaped = (text: string) =>
  visible(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** The payload of an incoming webhook: text, and a link. It has nothing that acts. */
export function slackBody(message: Message): string {
  const lines = [...message.lines, ...(message.mayRepeat ? [repetition] : [])].map(escaped);
  const head = escaped(headline(message));
  const text = shortened([`*${head}*`, ...lines]);
  const place = `${escaped(message.environment)} · <${message.url}|Open in the console>`;
  return JSON.stringify({
    text: head,
    unfurl_links: false,
    unfurl_media: false,
    blocks: [
      { type: 'section', text: { type: 'mrkdwn', text } },
      { type: 'context', elements: [{ type: 'mrkdwn', text: place }] },
    ],
  });
}

/** Whole lines as long as they fit, so that no escaped character is cut. */
function shortened(lines: readonly string[]): string {
  const kept: string[] = [];
  for (const line of lines) {
    if (kept.join('\n').length + line.length > sectionMost) return [...kept, '…'].join('\n');
    kept.push(line);
  }
  return kept.join('\n');
}

export const sendSlack = (
  { url }: { url: string },
  message: Message,
  { timeoutMs }: { timeoutMs: number },
): Promise<Outcome> => post({ url, headers: {}, body: slackBody(message), timeoutMs, receiver: 'Slack' });
