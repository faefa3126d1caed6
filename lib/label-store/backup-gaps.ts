import type { Context } from '@/lib/context';
import type { CustomerTables, Scope } from '@/lib/customers/model';
import { scopeParams } from '@/lib/customers/sql/scope';
import { countBackupGaps } from './sql/backup-truth';
import { wrongIdentifiers } from './sql/wrong-identifiers';

/**
 * Conversations of a day that a restored backup leaves without a label, and labels that it brings back without a truth.
 */
export const backupGaps = (
  ctx: Pick<Context, 'clickhouse'>,
  of: { scope: Scope; tables: CustomerTables; backupId: string },
): Promise<{ missing: number; orphans: number }> =>
  ctx.clickhouse.readOne(countBackupGaps, {
    params: { ...scopeParams(of.scope), backup: of.backupId },
    identifiers: wrongIdentifiers(of.tables),
  });
