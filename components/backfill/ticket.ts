import { count, duration, rangeName, utcText } from '@/components/ui/format';
import type { RunView } from '@/lib/backfill/model';

/** The run as Markdown for a ticket, with its permalink. */
export function ticketOf(run: RunView, url: string): string {
  const rows = run.items.map((item) => {
    const gap = item.gapMs === null ? '' : duration(item.gapMs);
    const { rowsToDelete, conversationsThatChange } = item.plan;
    return `| ${item.day} | ${item.status} | ${count(rowsToDelete)} | ${count(conversationsThatChange)} | ${gap} |`;
  });
  return [
    `**Backfill of ${run.customerId}, ${rangeName(run.fromDay, run.toDay)} (${run.timeZone}): ${run.status}**`,
    '',
    `Strategy ${run.strategy}, started ${utcText(run.startedAtMs ?? run.createdAtMs)} by ${run.startedBy}.`,
    '',
    '| day | status | label rows deleted | conversations changed | gap |',
    '|---|---|---|---|---|',
    ...rows,
    '',
    url,
  ].join('\n');
}
