import { dayName, rangeName, utcText } from '@/components/ui/format';
import { inMarkdown } from '@/components/ui/markdown';
import { type AgentDaysView, decidingOf, reasonOf } from '@/lib/active-days/agent-days-model';
import { formatNumber } from '@/lib/words';
import { daysText, meaningOf, momentText } from './verdicts';

const daysMost = 10;
const conversationsMost = 5;

/** An agent's days as Markdown for a ticket: the numbers, the days that differ with their causes, link. */
export function agentTicket(view: AgentDaysView, url: string): string {
  const differing = view.days.filter((day) => decidingOf(day) !== null);
  const stored = [view.before, view.after].flatMap((side) =>
    side ? [`${daysText(side.days)} ${momentText(side)}`] : [],
  );
  const meaning = meaningOf([view.labels, view.truth]);
  return [
    `**Active Days of ${inMarkdown(view.agent)}, ${inMarkdown(view.customerId)}, ${rangeName(view.fromDay, view.toDay)} (${view.timeZone})${view.useCase ? `, use case ${inMarkdown(view.useCase)}` : ''}**`,
    '',
    `Labels say ${daysText(view.labels)}, truth says ${daysText(view.truth)}.${stored.length > 0 ? ` ${stored.join('; ')}.` : ''}${meaning ? ` ${meaning}` : ''}`,
    '',
    ...differing
      .slice(0, daysMost)
      .flatMap((day) => [
        `- ${dayName(day.day)}: ${day.settled ? '' : '(not judged yet) '}${day.cause}`,
        ...day.deciding
          .slice(0, conversationsMost)
          .map((one) => `  - ${inMarkdown(one.conversationId)}: ${inMarkdown(reasonOf(one, view))}`),
        ...(day.deciding.length > conversationsMost
          ? [`  - and ${formatNumber((decidingOf(day)?.conversations ?? 0) - conversationsMost)} more`]
          : []),
      ]),
    ...(differing.length === 0 ? ['Labels and truth agree on every day.'] : []),
    ...(differing.length > daysMost ? [`- and ${formatNumber(differing.length - daysMost)} more days`] : []),
    '',
    `Read ${utcText(view.asOfMs)}.`,
    url,
  ].join('\n');
}
