import { csvOf } from '@/lib/export/csv';
import { type AgentDaysView, decidingOf } from './agent-days-model';
import type { ActiveDaysDiff, AgentDays } from './model';

const cell = (days: AgentDays) => (days === null ? 'N/A' : String(days));

/** The diff as CSV with a header, safe for spreadsheets. Without two moments there is one column of labels. */
export const activeDaysCsv = (diff: Pick<ActiveDaysDiff, 'agents' | 'compared'>): string =>
  diff.compared
    ? csvOf(
        ['agent', 'before', 'expected', 'after', 'verdict'],
        diff.agents.map((row) => [row.agent, cell(row.before), cell(row.expected), cell(row.after), row.verdict]),
      )
    : csvOf(
        ['agent', 'labels', 'expected', 'verdict'],
        diff.agents.map((row) => [row.agent, cell(row.after), cell(row.expected), row.verdict]),
      );

const yes = (counts: boolean) => (counts ? '1' : '0');
const instant = (ms: number | undefined) => (ms ? new Date(ms).toISOString() : '');

/** The days of an agent as CSV: a line for each day, or with its deciding conversations one for each of these. */
export const agentDaysCsv = (view: AgentDaysView): string =>
  csvOf(
    [
      'day',
      'labels',
      'truth',
      ...(view.before ? ['before'] : []),
      ...(view.after ? ['after'] : []),
      'verdict',
      'settled',
      'cause',
      'need',
      'conversation',
      'started',
      'ended',
      'truth_changed',
      'truth_agent',
      'labelled',
      'label_agent',
    ],
    view.days.flatMap((day, at) => {
      const stored = [view.before, view.after].flatMap((side) =>
        side ? [side.on ? yes(side.on[at] ?? false) : ''] : [],
      );
      const start = [day.day, yes(day.labels), yes(day.truth), ...stored, day.verdict, yes(day.settled), day.cause];
      const need = decidingOf(day)?.need ?? '';
      if (day.deciding.length === 0) return [[...start, need, ...Array<string>(7).fill('')]];
      return day.deciding.map(({ conversationId, truth, label }) => [
        ...start,
        need,
        conversationId,
        instant(truth?.startAtMs ?? label?.startAtMs),
        instant(truth?.endAtMs),
        instant(truth?.updatedAtMs),
        truth?.agent ?? '',
        instant(label?.updatedAtMs),
        label?.agent ?? '',
      ]);
    }),
  );
