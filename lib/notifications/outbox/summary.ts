import { count } from '@/lib/words';
import { headline, type MessageKind, type StoredContent } from '../message-model';
import type { CaseContent, NotificationEvent } from '../model';

/** One, and several. */
const nouns: Record<NotificationEvent, [string, string]> = {
  'finding new': ['new finding', 'new findings'],
  'finding fallen back': ['finding that fell back', 'findings that fell back'],
  'run needs attention': ['run that needs attention', 'runs that need attention'],
  'campaign held': ['campaign that is held', 'campaigns that are held'],
  'campaign ended': ['campaign that ended', 'campaigns that ended'],
  'order stopped': ['standing order that stopped itself', 'standing orders that stopped themselves'],
  'approval waits': ['request that waits for an approval', 'requests that wait for an approval'],
  'scan failing': ['customer whose scan fails', 'customers whose scans fail'],
  'scan overdue': ['scan that is overdue', 'scans that are overdue'],
  'increment missed': ['look that missed something', 'looks that missed something'],
};

export type Member = { kind: Exclude<MessageKind, 'summary' | 'test'>; content: CaseContent };

const namedMost = 20;

/** One message of many: how many of what, at how many customers, and the largest of them. */
export function summaryOf(members: readonly Member[]): StoredContent {
  const customers = new Set(members.flatMap(({ content }) => content.customerId ?? [])).size;
  const parts = new Map<string, { number: number; words: [string, string] }>();
  for (const member of members) {
    const words = wordsOf(member);
    parts.set(words[1], { number: (parts.get(words[1])?.number ?? 0) + 1, words });
  }
  const said = [...parts.values()].map(({ number, words }) => count(number, ...words));
  const where = customers === 0 ? '' : ` at ${count(customers, 'customer')}`;
  const largest = members.toSorted((a, b) => weight(b) - weight(a));
  const lines = largest.slice(0, namedMost).map(({ kind, content }) => headline({ kind, title: content.title }));
  const left = members.length - lines.length;
  return {
    event: null,
    title: `${listedWithAnd(said)}${where}.`,
    lines: left > 0 ? [...lines, `… and ${count(left, 'more', 'more')}.`] : lines,
    path: '/notifications',
    customerId: null,
    affected: null,
  };
}

const wordsOf = ({ kind, content }: Member): [string, string] =>
  kind === 'opened'
    ? nouns[content.event]
    : kind === 'updated'
      ? ['case that changed', 'cases that changed']
      : ['case that is resolved', 'cases that are resolved'];

const order = { opened: 2, updated: 1, resolved: 0 };
const weight = ({ kind, content }: Member) => order[kind] * 1e12 + (content.affected ?? 0);

const listedWithAnd = (parts: readonly string[]): string =>
  parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
