import {
  type AgentDaysView,
  type Deciding,
  decidingOf,
  reasonOf,
  type StripDay,
} from '@/lib/active-days/agent-days-model';
import type { ActiveDaysDiff, AgentDays, SnapshotRun } from '@/lib/active-days/model';
import { type Cell, table } from './output';

const days = (value: AgentDays) => (value === null ? 'N/A' : value);
const meaning = '0: the agent has truth or labels in the range, but no day counts. N/A: it has neither.';

export function drawDiff(diff: ActiveDaysDiff): string {
  const { totals, compared } = diff;
  const lines = compared
    ? table(
        ['Agent', 'Before', 'Expected', 'After', 'Verdict'],
        [
          ...diff.agents.map((row) => [row.agent, days(row.before), days(row.expected), days(row.after), row.verdict]),
          ['Total', totals.before, totals.expected, totals.after, null],
        ],
      )
    : table(
        ['Agent', 'Labels', 'Expected', 'Verdict'],
        [
          ...diff.agents.map((row) => [row.agent, days(row.after), days(row.expected), row.verdict]),
          ['Total', totals.after, totals.expected, null],
        ],
      );
  const above = compared
    ? `Before: ${compared.before.moment}, ${instant(compared.before.takenAtMs)}. After: ${compared.after.moment}, ${instant(compared.after.takenAtMs)}.`
    : 'Current values. Name a run with --run to compare before and after; --runs lists them.';
  return [above, meaning, '', lines].join('\n');
}

export const drawRuns = (runs: readonly SnapshotRun[]): string =>
  table(
    ['Run', 'From', 'To (exclusive)', 'Strategy', 'Status', 'Before', 'After', 'By day'],
    runs.map((run) => [
      run.runId,
      run.fromDay,
      run.toDay,
      run.strategy,
      run.status,
      run.beforeAtMs && instant(run.beforeAtMs),
      run.afterAtMs && instant(run.afterAtMs),
      run.keepsDays ? 'yes' : 'no',
    ]),
  );

/** The strip of an agent, a line for each day; below it the conversations that decide. */
export function drawAgentDays(view: AgentDaysView, { conversations }: { conversations: boolean }): string {
  const stored = [view.before, view.after];
  const names = ['Before', 'After'].filter((_, at) => stored[at]);
  const strip = table(
    ['Day', ...names, 'Labels', 'Truth', 'Why'],
    view.days.map((day, at) => [
      day.day,
      ...stored.flatMap((side) => (side ? [side.on ? counts(side.on[at] ?? false) : null] : [])),
      counts(day.labels),
      counts(day.truth),
      day.verdict === 'none' && day.open === 0 ? '' : `${day.settled ? '' : 'settling: '}${day.cause}`,
    ]),
  );
  const totals = `${view.agent}: ${days(view.labels)} by the labels, ${days(view.truth)} by the truth.`;
  const named = view.days.filter((day) => day.deciding.length > 0);
  return [
    totals,
    ...(view.labels === 0 || view.truth === 0 || view.truth === null ? [meaning] : []),
    '',
    strip,
    ...(conversations ? named.flatMap((day) => ['', headOf(day), drawConversations(day.deciding, view)]) : []),
  ].join('\n');
}

const counts = (does: boolean) => (does ? 'counts' : '-');

const headOf = (day: StripDay) =>
  `${day.day}, ${decidingOf(day)?.need === 'all' ? 'all of these' : 'any one of these'}:`;

const drawConversations = (rows: readonly Deciding[], view: AgentDaysView): string =>
  table(
    ['Conversation', 'Started', 'Ended', 'Truth changed', 'Labelled', 'Label says', 'Why'],
    rows.map((one): Cell[] => [
      one.conversationId,
      instant((one.truth ?? one.label)?.startAtMs ?? 0),
      one.truth === null ? null : one.truth.endAtMs === 0 ? 'open' : instant(one.truth.endAtMs),
      one.truth && instant(one.truth.updatedAtMs),
      one.label && instant(one.label.updatedAtMs),
      one.label && (one.label.agent || 'unassigned'),
      reasonOf(one, view),
    ]),
  );

const instant = (ms: number) => new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
