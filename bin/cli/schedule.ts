import type { Command } from 'commander';
import { ScheduleQuery } from '@/lib/detection/schedule/query-model';
import { readSchedule } from '@/lib/detection/schedule/read-schedule';
import {
  auditsWords,
  customerShows,
  everyWords,
  obstacleTitles,
  type ScheduleView,
} from '@/lib/detection/schedule/view-model';
import { parseInput } from '@/lib/edge/parse-input';
import { count, formatNumber } from '@/lib/words';
import { exitCodes } from './exit-codes';
import { say, show, table } from './output';
import { withSession } from './session';

type Options = { show?: string; page?: string; json?: boolean };

/** `schedule`. */
export function addScheduleCommand(program: Command): void {
  program
    .command('schedule')
    .description('what the schedule did, what that cost, what is due and why something waits')
    .option('--show <which>', `which customers: ${customerShows.join(', ')}`, 'due')
    .option('--page <number>', 'which page of these customers, from 0', '0')
    .option('--json', 'JSON for programs')
    .action((options: Options) =>
      withSession(
        async ({ ctx }) => {
          const view = await readSchedule(ctx, parseInput(ScheduleQuery, { show: options.show, page: options.page }));
          for (const sentence of sentencesOf(view)) say(sentence);
          show(view, options.json === true, draw);
          return view.fit.fits === false ? exitCodes.notGood : undefined;
        },
        { permission: 'read' },
      ),
    );
}

const instant = (ms: number | null) =>
  ms === null ? null : `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`;

function sentencesOf(view: ScheduleView): string[] {
  const { audits, counts, obstacle, budgetMs, hours } = view;
  const last = hours.at(-1);
  const own = (last?.['regular scans'].engineMs ?? 0) + (last?.looks.engineMs ?? 0);
  return [
    ...(obstacle
      ? [
          `${obstacleTitles[obstacle.kind]}: ${obstacle.sentence}${obstacle.untilMs === null ? '' : ` Until ${instant(obstacle.untilMs)}.`}`,
        ]
      : []),
    `${count(view.days, 'day')} of each customer, ${everyWords(view.everyMs)}: ${formatNumber(counts.due + counts.waits + counts.scanned)} due or under way, ${formatNumber(counts.late)} late, ${formatNumber(counts.failing)} cannot be read.`,
    view.fit.sentence,
    `This hour took ${Math.round(own / 1_000)} of ${formatNumber(budgetMs / 1_000)} engine seconds.`,
    ...(audits.newestAtMs === null
      ? ['No scan of changes was audited in the last 26 hours.']
      : [`${auditsWords(audits)}; the last audit was at ${instant(audits.newestAtMs)}.`]),
    ...audits.odd.map(({ customerId, sentence }) => `${customerId}: ${sentence}`),
  ];
}

const draw = (view: ScheduleView): string => `${drawCustomers(view)}\n\n${drawScans(view)}`;

const drawCustomers = ({ customers }: ScheduleView): string =>
  table(
    ['Customer', 'Now', 'Looked at', 'Due', 'Engine s in 24 h', 'Why'],
    customers.rows.map((one) => [
      one.customerId,
      one.stand,
      instant(one.lookedAtMs),
      instant(one.dueMs),
      Math.round(one.cost.engineMs / 1_000),
      one.why,
    ]),
  );

const drawScans = ({ scans }: ScheduleView): string =>
  table(
    ['What ran', 'Scan', 'Because', 'Began', 'Engine s', 'Rows read', 'Why it failed'],
    scans.rows.map((one) => [
      one.customerId,
      one.status,
      one.cause === 'person' ? `asked by ${one.requestedBy}` : one.cause,
      instant(one.startedAtMs),
      Math.round(one.engineMs / 1_000),
      one.rowsRead,
      one.failure,
    ]),
  );
