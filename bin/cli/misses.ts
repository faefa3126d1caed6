import type { Command } from 'commander';
import { differencesOf } from '@/lib/detection/changes/miss-model';
import { AppError } from '@/lib/errors';
import { acknowledgeMiss } from '@/lib/findings/misses/acknowledge-miss';
import { getMiss, listMisses } from '@/lib/findings/misses/list-misses';
import type { MissList, MissView } from '@/lib/findings/misses/model';
import { count } from '@/lib/words';
import { show, table } from './output';
import { withSession } from './session';

/** `findings misses`, `findings miss`, `findings acknowledge`: what full scans found that increments had missed. */
export function addMissCommands(findings: Command): void {
  findings
    .command('misses')
    .description('what full scans of a night found that the scans of changes had missed')
    .option('--customer <id>', 'only this customer')
    .option('--all', 'also those that are over')
    .option('--json', 'JSON for programs')
    .action(({ customer, all, json }: { customer?: string; all?: boolean; json?: boolean }) =>
      withSession(
        async ({ ctx }) => {
          const of = { customerId: customer ?? null, day: null, search: null, openOnly: all !== true };
          show(await listMisses(ctx, of), json === true, drawMisses);
          return undefined;
        },
        { permission: 'read' },
      ),
    );
  findings
    .command('miss')
    .description('one of these: what was recorded of each day, and what the full scan counted')
    .argument('<miss>')
    .option('--json', 'JSON for programs')
    .action((id: string, { json }: { json?: boolean }) =>
      withSession(
        async ({ ctx }) => {
          show(await getMiss(ctx, { missId: missIdOf(id) }), json === true, drawMiss);
          return undefined;
        },
        { permission: 'read' },
      ),
    );
  findings
    .command('acknowledge')
    .description('end one of these by saying what it was')
    .argument('<miss>')
    .requiredOption('--note <text>', 'what it was, for the audit')
    .option('--json', 'JSON for programs')
    .action((id: string, { note, json }: { note: string; json?: boolean }) =>
      withSession(
        async ({ ctx, actor }) => {
          const missId = missIdOf(id);
          await acknowledgeMiss(ctx, { missId, note }, actor);
          show(await getMiss(ctx, { missId }), json === true, drawMiss);
          return undefined;
        },
        { permission: 'findings.manage', input: { missId: id, note } },
      ),
    );
}

const instant = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString().slice(0, 19));

/** Misses as text for people. */
export function drawMisses({ rows, open, all }: MissList): string {
  const drawn = rows.map((row) => [
    row.id,
    row.customerId,
    instant(row.atMs),
    row.state,
    row.missed,
    row.days.join(' '),
    row.note,
  ]);
  const head = ['Miss', 'Customer', 'Full scan (UTC)', 'State', 'Missed at least', 'Days', 'Note'];
  return [table(head, drawn), '', `${count(all, 'miss', 'misses')}, ${open} of them open.`].join('\n');
}

function drawMiss(miss: MissView): string {
  const lines = miss.counts.flatMap((day) =>
    differencesOf(day).map(({ what, key, recorded, found }) => [
      day.day,
      key === null ? what : `${what} ${key || 'unassigned'}`,
      recorded,
      found,
      day.missed,
      instant(day.cleanAtMs),
    ]),
  );
  return [
    `${miss.customerId}, full scan of ${instant(miss.atMs)} (UTC): ${miss.state}`,
    `It counted at least ${count(miss.missed, 'conversation')} on ${count(miss.days.length, 'day')} otherwise than recorded.`,
    ...(miss.note === null ? [] : [`${miss.acknowledgedBy}: ${miss.note}`]),
    '',
    table(['Day', 'Counted', 'Recorded', 'Full scan', 'Missed at least', 'Full scan that agreed (UTC)'], lines),
  ].join('\n');
}

function missIdOf(text: string): string {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text)) return text;
  throw new AppError(
    'invalid_input',
    `"${text.slice(0, 80)}" is not the id of a miss. "findings misses" shows the ids.`,
  );
}
