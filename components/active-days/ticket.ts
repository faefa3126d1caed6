import { rangeName, utcText } from '@/components/ui/format';
import { inMarkdown } from '@/components/ui/markdown';
import type { ActiveDaysDiff } from '@/lib/active-days/model';
import { count, formatNumber } from '@/lib/words';
import { daysText } from './verdicts';

const rowsMax = 30;

/** The diff as Markdown for a ticket: the agents that differ, totals, time of the read, link. */
export function ticketOf(diff: ActiveDaysDiff, url: string): string {
  const differing = diff.agents.filter((agent) => agent.verdict !== 'unchanged');
  const rows = differing
    .slice(0, rowsMax)
    .map(
      ({ agent, before, expected, after, verdict }) =>
        `| ${inMarkdown(agent) || 'unassigned'} | ${daysText(before)} | ${daysText(expected)} | ${daysText(after)} | ${verdict} |`,
    );
  const { before, expected, after } = diff.totals;
  return [
    `**Active Days of ${inMarkdown(diff.customerId)}, ${rangeName(diff.fromDay, diff.toDay)} (${diff.timeZone})${diff.useCase ? `, use case ${inMarkdown(diff.useCase)}` : ''}**`,
    '',
    '| agent | before | expected | after | verdict |',
    '|---|---:|---:|---:|---|',
    ...rows,
    `| **all ${count(diff.agents.length, 'agent')}, agent-days** | ${formatNumber(before)} | ${formatNumber(expected)} | ${formatNumber(after)} | |`,
    '',
    `${count(diff.counts.unchanged, 'agent')} unchanged${differing.length > rowsMax ? `; ${formatNumber(differing.length - rowsMax)} more differ` : ''}. Read ${utcText(diff.takenAtMs.after)}.`,
    url,
  ].join('\n');
}
