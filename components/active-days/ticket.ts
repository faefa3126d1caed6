import { rangeName, utcText } from '@/components/ui/format';
import { inMarkdown } from '@/components/ui/markdown';
import type { ActiveDaysDiff, AgentDiff } from '@/lib/active-days/model';
import { count, formatNumber } from '@/lib/words';
import { daysText, meaningOf, momentText } from './verdicts';

const rowsMax = 30;

const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;

/** Neither unchanged nor right. */
export const differs = ({ verdict }: AgentDiff): boolean => verdict !== 'unchanged' && verdict !== 'right';

/** The diff as Markdown for a ticket: the agents that differ, totals, time of the read, link. */
export function ticketOf(diff: ActiveDaysDiff, url: string): string {
  const { compared } = diff;
  const differing = diff.agents.filter(differs);
  const rows = differing
    .slice(0, rowsMax)
    .map(({ agent, before, expected, after, verdict }) =>
      line([
        inMarkdown(agent) || 'unassigned',
        ...(compared ? [daysText(before), daysText(expected), daysText(after)] : [daysText(after), daysText(expected)]),
        verdict,
      ]),
    );
  const { before, expected, after } = diff.totals;
  const totals = compared ? [before, expected, after] : [after, expected];
  const meaning = meaningOf(differing.slice(0, rowsMax).flatMap((row) => [row.before, row.expected, row.after]));
  const same = diff.counts.unchanged + diff.counts.right;
  return [
    `**Active Days of ${inMarkdown(diff.customerId)}, ${rangeName(diff.fromDay, diff.toDay)} (${diff.timeZone})${diff.useCase ? `, use case ${inMarkdown(diff.useCase)}` : ''}**`,
    '',
    line(['agent', ...(compared ? ['before', 'expected', 'after'] : ['labels say', 'truth says']), 'verdict']),
    compared ? '|---|---:|---:|---:|---|' : '|---|---:|---:|---|',
    ...rows,
    line([`**all ${count(diff.agents.length, 'agent')}, agent-days**`, ...totals.map(formatNumber), '']),
    '',
    ...(compared ? [`Before: ${momentText(compared.before)}. After: ${momentText(compared.after)}.`] : []),
    ...(meaning ? [meaning] : []),
    `${count(same, 'agent')} ${compared ? 'unchanged' : 'right'}${differing.length > rowsMax ? `; ${formatNumber(differing.length - rowsMax)} more differ` : ''}. Read ${utcText(diff.takenAtMs.after)}.`,
    url,
  ].join('\n');
}

type Query = { customer?: string } & Record<'from' | 'to' | 'run' | 'before' | 'after' | 'useCase', string | null>;

/** A link with every default written out, so that it shows the same tomorrow. */
export function permalink(query: Query): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) if (value) search.set(key, value);
  return `${window.location.origin}/active-days?${search}`;
}
