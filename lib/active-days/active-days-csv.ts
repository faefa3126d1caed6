import { csvOf } from '@/lib/audit/csv';
import type { ActiveDaysDiff, AgentDays } from './model';

const cell = (days: AgentDays) => (days === null ? 'N/A' : String(days));

/** The diff as CSV with a header, safe for spreadsheets. */
export const activeDaysCsv = (diff: Pick<ActiveDaysDiff, 'agents'>): string =>
  csvOf(
    ['agent', 'before', 'expected', 'after', 'verdict'],
    diff.agents.map((row) => [row.agent, cell(row.before), cell(row.expected), cell(row.after), row.verdict]),
  );
