import { stringify } from 'csv-stringify/sync';
import type { ActiveDaysDiff, AgentDays } from './model';

const cell = (days: AgentDays) => (days === null ? 'N/A' : String(days));

/** The diff as CSV with a header. A name that a spreadsheet would run as a formula is escaped. */
export function activeDaysCsv(diff: Pick<ActiveDaysDiff, 'agents'>): string {
  return stringify(
    diff.agents.map((row) => [row.agent, cell(row.before), cell(row.expected), cell(row.after), row.verdict]),
    { header: true, columns: ['agent', 'before', 'expected', 'after', 'verdict'], escape_formulas: true },
  );
}
