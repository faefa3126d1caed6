import type { CaseContent, NotificationEvent } from './model';

export const messageKinds = ['opened', 'updated', 'resolved', 'summary', 'test'] as const;
export type MessageKind = (typeof messageKinds)[number];

/** What a row of the outbox says. A summary and a test are of no single event. */
export type StoredContent = Omit<CaseContent, 'event'> & { event: NotificationEvent | null };

/** A message as channels write it. */
export type Message = Omit<StoredContent, 'path' | 'affected'> & {
  /** The same each time that this message is sent, so that a receiver can tell a repetition. */
  key: string;
  kind: MessageKind;
  caseId: string | null;
  url: string;
  environment: string;
  atMs: number;
  /** Whether an earlier try may have reached people. */
  mayRepeat: boolean;
};

const heads: Record<MessageKind, string> = {
  opened: '',
  updated: 'Update: ',
  resolved: 'Resolved: ',
  summary: '',
  test: 'Test: ',
};

/** The sentence of a message with its kind, for channels without fields. */
export const headline = ({ kind, title }: Pick<Message, 'kind' | 'title'>): string => `${heads[kind]}${title}`;

export const repetition = 'This may be a repetition: whether it was sent before is not known.';

/** The message that the test button sends. */
export const testContent = (by: string): StoredContent => ({
  event: null,
  title: `${by} tests the notifications of the console.`,
  lines: ['Nothing happened. Who reads this gets its notifications.'],
  path: '/notifications',
  customerId: null,
  affected: null,
});

const titleMost = 300;
const linesMost = 25;
const lineMost = 500;

const cut = (text: string, most: number) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

/** A stored content as a message. What is longer than a message should be is cut, and says so. */
export function messageOf(
  content: StoredContent,
  of: Pick<Message, 'key' | 'kind' | 'caseId' | 'environment' | 'atMs' | 'mayRepeat'> & { baseUrl: string },
): Message {
  const { baseUrl, ...rest } = of;
  const lines = content.lines.map((line) => cut(line, lineMost));
  const left = lines.length - linesMost;
  return {
    ...rest,
    event: content.event,
    customerId: content.customerId,
    title: cut(content.title, titleMost),
    lines: left > 0 ? [...lines.slice(0, linesMost), `… and ${left} more lines.`] : lines,
    url: linkTo(content.path, baseUrl),
  };
}

/** The address of a page; that of the console for a path that leads elsewhere. */
function linkTo(path: string, baseUrl: string): string {
  const base = new URL(baseUrl);
  const url = new URL(path, base);
  return url.origin === base.origin ? url.href.replaceAll('|', '%7C') : base.href;
}
