import { daysText } from '@/components/active-days/verdicts';
import { duration, rangeName, unitName, utcText } from '@/components/ui/format';
import { inMarkdown } from '@/components/ui/markdown';
import type { ActiveDaysDiff } from '@/lib/active-days/model';
import type { ItemView, RunView } from '@/lib/backfill/state/model';
import { countsOfUnit } from '@/lib/backfill/state/plan-model';
import { unitInWords } from '@/lib/customers/unit-words-model';
import { commonReason } from '@/lib/detection/why-model';
import { count, formatNumber } from '@/lib/words';
import { runTitle, undoneSentence } from './run-words';

const agentsMax = 30;

/** The run as Markdown for a ticket: what happened, the agents whose Active Days changed, the days, and a link. */
export function ticketOf(run: RunView, diff: ActiveDaysDiff | undefined, url: string): string {
  const of = `${inMarkdown(run.customerId)}, ${rangeName(run.fromDay, run.toDay)} (${run.timeZone})`;
  return [
    `**${runTitle(run)} of ${of}: ${run.status}${run.undone ? ', undone later' : ''}**`,
    '',
    ...outcomeOf(run),
    ...whyOf(run),
    ...(run.reason ? [`Reason: ${inMarkdown(run.reason)}`] : []),
    `Strategy ${run.strategy}, started ${utcText(run.startedAtMs ?? run.createdAtMs)} by ${inMarkdown(run.startedBy)}${run.approval ? `, approved by ${inMarkdown(run.approval.decidedBy ?? '')}` : ''}${run.endedAtMs === null ? '' : `, ended ${utcText(run.endedAtMs)}`}.`,
    ...agentsOf(run, diff),
    '',
    ...unitsOf(run),
    '',
    url,
  ].join('\n');
}

function whyOf({ why }: RunView): string[] {
  const reason = why && commonReason(why, utcText);
  return reason ? [`Why the labels were wrong: ${inMarkdown(reason)}`] : [];
}

function outcomeOf(run: RunView): string[] {
  const { stopped } = run;
  return [
    ...(run.undone ? [undoneSentence(run.undone, run.timeZone)] : []),
    ...(stopped ? [run.next, `Why it stopped, ${unitName(stopped.unit)}: ${inMarkdown(stopped.failure)}`] : []),
    ...(!stopped && run.situation ? [run.situation] : []),
    ...(run.result ? [inMarkdown(run.result)] : []),
  ];
}

function agentsOf(run: RunView, diff: ActiveDaysDiff | undefined): string[] {
  const differing = diff?.agents.filter((agent) => agent.verdict !== 'unchanged') ?? [];
  // NOTE: while labels are missing, every agent of the day differs. Only those the run is meant to fix are listed.
  const changed = differing.filter((agent) => run.endedAtMs !== null || agent.before !== agent.expected);
  if (differing.length === 0) return [];
  const word = (agent: (typeof changed)[number]) => {
    if (run.strategy === 'undo') return `the truth expects ${daysText(agent.expected)}`;
    return run.endedAtMs === null && agent.verdict === 'still wrong'
      ? `expected ${daysText(agent.expected)}`
      : agent.verdict;
  };
  return [
    '',
    'Active Days:',
    ...changed
      .slice(0, agentsMax)
      .map(
        (one) =>
          `- ${inMarkdown(one.agent) || 'unassigned'} ${daysText(one.before)} → ${daysText(one.after)}, ${word(one)}`,
      ),
    ...(changed.length > agentsMax ? [`- and ${count(changed.length - agentsMax, 'more agent')}`] : []),
    ...(differing.length > changed.length
      ? [`- ${count(differing.length - changed.length, 'more agent')} until the run ends`]
      : []),
  ];
}

function unitsOf(run: RunView): string[] {
  const worked = run.units.filter(({ status }) => status !== 'planned');
  const others = run.unitsTotal - run.units.length;
  return [
    '| unit | status | label rows deleted | wrong before | wrong after | without labels |',
    '|---|---|---:|---:|---:|---|',
    ...worked.map((item) => {
      const { unit, status, plan, evidence, gapMs, missing } = item;
      const after =
        status === 'verified' && evidence.affectedAfter !== undefined ? formatNumber(evidence.affectedAfter) : '';
      const gap = gapMs === null ? '' : gapMs === 0 ? 'never' : `${duration(gapMs)}${missing ? ' so far' : ''}`;
      const said = item.undoneBy ? `${status}, undone later` : status;
      return `| ${unitInWords(unit)} | ${said} | ${deletedText(item)} | ${formatNumber(countsOfUnit(plan).affected)} | ${after} | ${gap} |`;
    }),
    ...(others > 0 ? ['', `${count(others, 'more unit')} on the page of the run.`] : []),
    ...(run.counts.planned > 0 || run.skipped.length > 0 ? [''] : []),
    ...(run.counts.planned > 0 ? [`${count(run.counts.planned, 'unit')} not begun.`] : []),
    ...foldedDays(run),
  ];
}

const deletedText = ({ deletedRows }: ItemView) => (deletedRows === null ? 'not counted' : formatNumber(deletedRows));

/** Skipped days, grouped by reason: "23 days skipped: No conversation of the day is affected." */
function foldedDays({ skipped }: RunView): string[] {
  const reasons = new Map<string, number>();
  for (const { skip } of skipped) reasons.set(skip ?? '', (reasons.get(skip ?? '') ?? 0) + 1);
  return [...reasons].map(([reason, days]) => `${count(days, 'day')} skipped: ${reason}`);
}
