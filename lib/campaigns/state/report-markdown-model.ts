import { count, formatNumber } from '@/lib/words';
import type { CampaignReport } from './report-model';

/** Text in a cell of a Markdown table. */
const cell = (text: string) => text.replaceAll('\\', '\\\\').replaceAll('|', '\\|').replace(/\s+/g, ' ');
const seconds = (ms: number) => `${formatNumber(Math.ceil(ms / 1_000))} s`;

function table(head: string[], rows: string[][]): string[] {
  const line = (cells: string[]) => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}

/** The report of a campaign as Markdown. */
export function reportMarkdown(report: CampaignReport): string {
  const { campaign, verified, others } = report;
  const { fromDay, toDay } = campaign.request;
  const lines = [
    `# Campaign ${campaign.id}`,
    '',
    `${fromDay} up to ${toDay} (exclusive), ${campaign.outcome ?? campaign.status}. Planned by ${campaign.createdBy}${campaign.startedBy ? `, started by ${campaign.startedBy}` : ''}.`,
    ...(campaign.reason ? ['', `Reason: ${cell(campaign.reason)}`] : []),
    '',
    ...table(
      ['What', 'Number'],
      [
        ['Customers verified', formatNumber(verified.length)],
        ['Customers not verified', formatNumber(others.length)],
        ['Units verified', formatNumber(report.unitsVerified)],
        ['Label rows deleted', formatNumber(report.rowsDeleted)],
        ['Conversations changed', formatNumber(report.conversationsChanged)],
        ['Agent-days mended', formatNumber(report.agentDaysMended)],
        ['Longest gap of a unit', seconds(report.gapMostMs)],
        ['All gaps together', seconds(report.gapSumMs)],
      ],
    ),
  ];
  if (verified.length > 0)
    lines.push(
      '',
      `## Verified: ${count(verified.length, 'customer')}`,
      '',
      ...table(
        ['Customer', 'Units', 'Rows deleted', 'Conversations changed', 'Agent-days mended', 'Longest gap', 'Run'],
        verified.map((one) => [
          one.displayName,
          formatNumber(one.units),
          formatNumber(one.rowsDeleted),
          formatNumber(one.conversationsChanged),
          formatNumber(one.agentDaysMended),
          seconds(one.gapMs),
          one.runId,
        ]),
      ),
    );
  if (others.length > 0)
    lines.push(
      '',
      `## Not verified: ${count(others.length, 'customer')}`,
      '',
      ...table(
        ['Customer', 'State', 'Why', 'Run'],
        others.map((one) => [one.displayName, one.status, one.sentence ?? '', one.runId ?? '']),
      ),
    );
  return `${lines.join('\n')}\n`;
}
