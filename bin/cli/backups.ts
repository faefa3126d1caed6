import type { Command } from 'commander';
import type { BackupView } from '@/lib/backfill/backups/backup-model';
import { dropBackups } from '@/lib/backfill/backups/drop-backups';
import { listBackups } from '@/lib/backfill/backups/list-backups';
import { formatNumber } from '@/lib/words';
import { show, table } from './output';
import { withSession } from './session';

/** `backups list | drop`. */
export function addBackupCommands(program: Command): void {
  const backups = program
    .command('backups')
    .description('the label rows as they were before a run, and when they are dropped');

  backups
    .command('list')
    .description('every backup with its rows, size and age, and when it will be dropped')
    .option('--customer <id>', 'only this customer')
    .option('--run <run>', 'only this run')
    .option('--json', 'JSON for programs')
    .action((options: { customer?: string; run?: string; json?: boolean }) =>
      withSession(
        async ({ ctx }) => {
          const found = await listBackups(ctx, { customerId: options.customer, runId: options.run });
          show({ backups: found }, options.json === true, () => drawBackups(found));
          return undefined;
        },
        { permission: 'read' },
      ),
    );

  backups
    .command('drop')
    .description('drop now the backups that are past their age limit and whose runs are over; never any other')
    .argument('[backup...]', 'only these; refused if one of them is not due')
    .option('--json', 'JSON for programs')
    .action((backupIds: string[], options: { json?: boolean }) =>
      withSession(
        async ({ ctx, actor, signal }) => {
          const input = backupIds.length > 0 ? { backupIds } : {};
          const { dropped } = await dropBackups(ctx, input, actor, signal);
          show({ dropped }, options.json === true, () =>
            dropped.length === 0 ? 'No backup is due.' : `Dropped:\n${dropped.join('\n')}`,
          );
          return undefined;
        },
        { permission: 'backfill.control' },
      ),
    );
}

function drawBackups(found: BackupView[]): string {
  const bytes = found.reduce((sum, backup) => sum + backup.bytes, 0);
  return [
    table(
      ['Backup', 'Customer', 'Rows', 'Bytes', 'Taken', 'Dropped from', 'Because'],
      found.map((backup) => [
        backup.backupId,
        backup.customerId,
        backup.rows,
        backup.bytes,
        new Date(backup.takenAtMs).toISOString(),
        backup.dropAtMs === null ? null : new Date(backup.dropAtMs).toISOString(),
        backup.sentence,
      ]),
    ),
    '',
    `${formatNumber(found.length)} backups, ${formatNumber(bytes)} bytes.`,
  ].join('\n');
}
