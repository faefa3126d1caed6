import type { Command } from 'commander';
import { listRetention } from '@/lib/retention/list-retention';
import type { RetentionView } from '@/lib/retention/model';
import { formatNumber } from '@/lib/words';
import { show, table } from './output';
import { withSession } from './session';

/** `retention`. */
export function addRetentionCommand(program: Command): void {
  program
    .command('retention')
    .description('what ages out of the console’s database and when it last did, and the size of each table')
    .option('--json', 'JSON for programs')
    .action((options: { json?: boolean }) =>
      withSession(
        async ({ ctx }) => {
          show(await listRetention(ctx), options.json === true, draw);
          return undefined;
        },
        { permission: 'read' },
      ),
    );
}

function draw({ rules, tables }: RetentionView): string {
  const bytes = tables.reduce((sum, one) => sum + one.bytes, 0);
  const aged = table(
    ['Rule', 'Table', 'Kept', 'Variable', 'Last round', 'Removed', 'In all'],
    rules.map((rule) => [
      rule.name,
      rule.table,
      rule.kept,
      rule.variable,
      rule.ranAtMs === null ? 'never' : `${new Date(rule.ranAtMs).toISOString().slice(0, 16)}Z`,
      rule.removed,
      rule.removedTotal,
    ]),
  );
  const sizes = table(
    ['Table', 'Bytes', 'Rows, about', 'Dead rows', 'No rule, because'],
    tables.map((one) => [one.table, one.bytes, one.rows, one.dead, one.keptBecause]),
  );
  return `${aged}\n\n${sizes}\n\n${formatNumber(bytes)} bytes in all.`;
}
