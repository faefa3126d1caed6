import type { Command } from 'commander';
import { flagFacts, flagNames } from '@/lib/detection/flags';
import { repairedAfterMs, seenAfterMs } from '@/lib/findings/clock-model';
import { agentsAtLeast, findingStates, wrongMsOf } from '@/lib/findings/history/model';
import { affectedInWords } from '@/lib/findings/history/words-model';
import { ledger, ledgerCsv } from '@/lib/findings/ledger';
import type { FindingsPage, FindingView, Ledger, LedgerRow } from '@/lib/findings/model';
import { atLeastText, count } from '@/lib/words';
import { answer, type Cell, show, table } from './output';
import { withSession } from './session';

const hours = (ms: number | null): string | null => (ms === null ? null : `${(ms / 3_600_000).toFixed(1)} h`);
/** A number, or "≥ 500", which the column then aligns as text. */
const atLeastCell = (value: number, atLeast: boolean): Cell => (atLeast ? atLeastText(value, true) : value);
const instant = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString().slice(0, 19));

/** `findings ledger`: a month, by customer. */
export function addLedgerCommand(findings: Command): void {
  findings
    .command('ledger')
    .description('a month by customer: findings, time to detect and to repair, agent-days wrong, fallen back')
    .requiredOption('--month <month>', 'YYYY-MM, by when findings were first seen, in UTC')
    .option('--customer <id>', 'only this customer')
    .option('--csv', 'CSV of the customers')
    .option('--json', 'JSON for programs')
    .action(({ month, customer, csv, json }: { month: string; customer?: string; csv?: boolean; json?: boolean }) =>
      withSession(
        async ({ ctx }) => {
          const made = await ledger(ctx, { month, customerId: customer });
          if (csv) answer(ledgerCsv(made).trimEnd());
          else show(made, json === true, drawLedger);
          return undefined;
        },
        { permission: 'read' },
      ),
    );
}

/** A page of findings as text for people. */
export function drawFindings({ rows, total, counts, misses }: FindingsPage, nowMs: number): string {
  const head = [
    'Finding',
    'Customer',
    'Day',
    'State',
    'Affected',
    'Worst',
    'Flags',
    'First seen',
    'Wrong for',
    'Owner',
  ];
  const drawn = rows.map((row) => [
    row.id,
    row.customerId,
    row.day,
    row.mutedUntilMs === null ? row.state : `${row.state} (muted)`,
    row.affected,
    row.worstAffected,
    flagNames.flatMap((flag) => (row.flags[flag] > 0 ? [flagFacts[flag].word] : [])).join(', ') || null,
    instant(row.firstSeenAtMs),
    hours(wrongMsOf(row, nowMs)),
    row.owner,
  ]);
  const states = findingStates.map((state) => `${state} ${counts[state]}`).join(', ');
  const missed =
    misses.open === 0 ? [] : [`${count(misses.open, 'open miss', 'open misses')} of increments: "findings misses".`];
  return [table(head, drawn), '', `${count(total, 'finding')}; by state: ${states}.`, ...missed].join('\n');
}

/** A finding as text for people. */
export function drawFinding(finding: FindingView, nowMs: number): string {
  const { events, relooks, runs } = finding;
  const facts: [string, Cell][] = [
    ['Truth changed', instant(finding.truthChangedAtMs)],
    ['First seen', instant(finding.firstSeenAtMs)],
    ['Seen after', hours(seenAfterMs(finding))],
    ['Last seen', instant(finding.lastSeenAtMs)],
    ['Repaired', instant(finding.repairedAtMs)],
    ['Repaired after', hours(repairedAfterMs(finding))],
    ['Fell back', finding.timesFallenBack === 0 ? null : count(finding.timesFallenBack, 'time')],
    ['Wrong for', hours(wrongMsOf(finding, nowMs))],
    ['Agent-days wrong', atLeastCell(finding.worstAgents, agentsAtLeast(finding.worstAgents))],
    ['Muted until', instant(finding.mutedUntilMs)],
    ['Muted by', finding.mutedBy],
    ['Mute reason', finding.muteReason],
    ['Owner', finding.owner],
    ['Note', finding.note],
  ];
  return [
    `${finding.day} of ${finding.customerId}: ${finding.state}`,
    affectedInWords(finding),
    '',
    table(
      ['Clock', 'Value (UTC)'],
      facts.filter(([, value]) => value !== null),
    ),
    '',
    table(
      ['At (UTC)', 'What', 'By', 'Run'],
      events.map((event) => [instant(event.atMs), event.text, event.actor, event.runId]),
    ),
    ...(runs.length === 0
      ? []
      : [
          '',
          table(
            ['Run', 'Status', 'Strategy', 'By'],
            runs.map((run) => [run.id, run.status, run.strategy, run.startedBy]),
          ),
        ]),
    ...(relooks.length === 0
      ? []
      : [
          '',
          table(
            ['Looked at again after', 'Due (UTC)', 'Done (UTC)', 'Found'],
            relooks.map((one) => [one.after, instant(one.dueAtMs), instant(one.doneAtMs), one.found]),
          ),
        ]),
  ].join('\n');
}

function drawLedger({ month, isWhole, total, customers }: Ledger): string {
  const row = (name: string, of: LedgerRow): Cell[] => [
    name,
    of.findings,
    of.open,
    hours(of.detectMedianMs),
    hours(of.detectWorstMs),
    hours(of.repairMedianMs),
    hours(of.repairWorstMs),
    atLeastCell(of.agentDaysWrong, of.agentDaysAtLeast),
    of.timesFallenBack,
    hours(of.wrongMs),
  ];
  const head = [
    isWhole ? month : `${month}, not whole: findings aged out`,
    'Findings',
    'Open',
    'Detect: median',
    'worst',
    'Repair: median',
    'worst',
    'Agent-days wrong',
    'Fell back',
    'Wrong for',
  ];
  return table(head, [...customers.map((one) => row(one.customerId, one)), row('Total', total)]);
}
