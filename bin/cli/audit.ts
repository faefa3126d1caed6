import { type Command, Option } from 'commander';
import { exportAudit } from '@/lib/audit/export-audit';
import { listAudit } from '@/lib/audit/list-audit';
import { type AuditCheck, type AuditEntry, type AuditFilter, HeadText } from '@/lib/audit/model';
import { auditResults } from '@/lib/audit/result-model';
import { headOf, verifyAudit } from '@/lib/audit/verify-audit';
import { rowHistory } from '@/lib/backfill/backups/row-history';
import type { RowHistory } from '@/lib/backfill/backups/row-history-model';
import { parseInput } from '@/lib/edge/parse-input';
import { type ExportFormat, exportFormats } from '@/lib/export/model';
import { count, formatNumber } from '@/lib/words';
import { visible } from '../../lib/text';
import { exitCodes } from './exit-codes';
import { say, show, table, writeTexts } from './output';
import { withSession } from './session';

type Options = {
  customer?: string;
  actor?: string;
  action?: string;
  result?: AuditFilter['result'];
  run?: string;
  since?: string;
  until?: string;
  day?: string;
  text?: string;
  rows?: string;
  format?: ExportFormat;
  head?: string;
  json?: boolean;
};

const read = { permission: 'read' } as const;

/** `audit list | export | verify | row`. */
export function addAuditCommands(program: Command): void {
  const audit = program.command('audit').description('who did what, when, to which scope, and why');

  filtered(audit.command('list').description('the newest rows'))
    .option('--rows <n>', 'at most this many rows', '50')
    .option('--json', 'JSON for programs')
    .action((options: Options) =>
      withSession(async ({ ctx }) => {
        const rowsMax = Math.min(Math.max(Number(options.rows) || 50, 1), 1_000);
        const rows = await listAudit(ctx, { ...filterOf(options), rowsMax });
        show({ rows }, options.json === true, () => drawRows(rows));
        return undefined;
      }, read),
    );

  filtered(audit.command('export').description('write every row to stdout, oldest first'))
    .addOption(
      new Option('--format <name>', 'CSV, or one JSON object for each line').choices(exportFormats).default('jsonl'),
    )
    .action((options: Options) =>
      withSession(async ({ ctx, signal }) => {
        const texts = exportAudit(ctx, { format: options.format ?? 'jsonl', filter: filterOf(options) });
        await writeTexts(texts, signal);
        return undefined;
      }, read),
    );

  audit
    .command('verify')
    .description('check the chain: exit code 0 if it is intact, 5 if a row was changed, removed, replaced or inserted')
    .option('--head <head>', 'the head that an earlier check printed')
    .option('--json', 'JSON for programs')
    .action((options: Options) =>
      withSession(async ({ ctx }) => {
        const verdict = await verifyAudit(
          ctx,
          options.head === undefined ? undefined : headOf(parseInput(HeadText, options.head.trim())),
        );
        if (verdict.rights !== null) say(`Warning: ${verdict.rights}`);
        show(verdict, options.json === true, drawVerdict);
        return verdict.findingsTotal === 0 ? exitCodes.done : exitCodes.notGood;
      }, read),
    );

  audit
    .command('row')
    .description(
      'the label rows of a conversation that repairs deleted: who, when, why, and what they held; exit code 5 if there are none',
    )
    .requiredOption('--customer <id>', 'the customer of the conversation')
    .requiredOption('--conversation <id>', 'the conversation')
    .option('--json', 'JSON for programs')
    .action((options: { customer: string; conversation: string; json?: boolean }) =>
      withSession(async ({ ctx }) => {
        const query = { customerId: options.customer, conversationId: options.conversation };
        const history = await rowHistory(ctx, query);
        show(history, options.json === true, drawHistory);
        return history.rows.length > 0 ? exitCodes.done : exitCodes.notGood;
      }, read),
    );
}

function filtered(command: Command): Command {
  return command
    .option('--customer <id>', 'only this customer')
    .option('--actor <name>', 'only this person, token or process')
    .option('--action <name>', 'only this action, such as backfill.start')
    .addOption(new Option('--result <result>', 'only this result').choices(auditResults))
    .option('--run <id>', 'only this run')
    .option('--since <day>', 'from this day on, UTC')
    .option('--until <day>', 'before this day, UTC')
    .option('--day <day>', 'only rows whose scope holds this day of the customer')
    .option('--text <text>', 'only rows that contain this text');
}

const filterOf = (options: Options): AuditFilter => ({
  customerId: options.customer,
  actor: options.actor,
  action: options.action,
  result: options.result,
  runId: options.run,
  since: options.since,
  until: options.until,
  day: options.day,
  text: options.text,
});

const scopeOf = ({ fromDay, toDay }: AuditEntry) => (fromDay === null ? null : `${fromDay} up to ${toDay}`);

function drawRows(rows: AuditEntry[]): string {
  return table(
    ['No.', 'When (UTC)', 'Who', 'Action', 'Result', 'Customer', 'Days', 'What', 'Reason', 'Request'],
    rows.map((row) => [
      row.seq,
      new Date(row.atMs).toISOString(),
      `${row.actor} (${row.role}, ${row.via})`,
      row.action,
      row.result,
      row.customerId,
      scopeOf(row),
      row.subject,
      row.reason,
      row.requestId,
    ]),
  );
}

function drawVerdict({ rows, head, findings, findingsTotal }: AuditCheck): string {
  const more = findingsTotal - findings.length;
  return [
    findingsTotal === 0
      ? `The chain of ${count(rows, 'row')} is intact.`
      : `The chain is broken: ${count(findingsTotal, 'finding')} in ${count(rows, 'row')}.`,
    ...findings.map((finding) => `  ${visible(finding.sentence)}`),
    ...(more > 0 ? [`  And ${formatNumber(more)} more.`] : []),
    `Head ${head.seq}:${head.hash}`,
    'Keep the head elsewhere. With it, "audit verify --head" also finds a chain that was cut or rewritten as a whole.',
  ].join('\n');
}

function drawHistory({ sentence, rows, audit }: RowHistory): string {
  const when = (ms: number | null) => (ms === null ? '-' : new Date(ms).toISOString());
  return [
    visible(sentence),
    ...rows.flatMap((row) => [
      '',
      visible(row.sentence),
      `  copied ${when(row.backedUpAtMs)}, deleted ${when(row.deletedAtMs)}, backup ${visible(row.backupId)}${row.deleteJob ? `, Job ${row.deleteJob}` : ''}`,
      ...Object.entries(row.columns).map(([name, value]) => `  ${name}: ${value === null ? 'NULL' : visible(value)}`),
    ]),
    ...(audit.length > 0 ? ['', drawRows(audit)] : []),
  ].join('\n');
}
