import type { Context } from '@/lib/context';
import type { CustomerTables } from '@/lib/customers/model';
import { selectColumns } from '@/lib/customers/sql/catalogue';
import { backupTableOf } from './model';

/** In what a backup table differs from what the labels store now, each a column or a clause about one. */
export type BackupShape = { lacking: string[]; changed: string[]; gone: string[] };

const own = new Set(['slc_backup_id', 'slc_backed_up_at']);

/** Compares the backup table's columns with those of the labels; null where no backup was ever taken. */
export async function backupShape(
  ctx: Pick<Context, 'clickhouse'>,
  { labels }: CustomerTables,
): Promise<BackupShape | null> {
  const backup = backupTableOf(labels.local);
  const params = { databases: [backup.database], tables: [backup.table] };
  const { rows } = await ctx.clickhouse.read(selectColumns, { params });
  if (rows.length === 0) return null;
  const then = new Map(rows.map((column) => [column.name, column.type]));
  const now = Object.entries(labels.columns);
  return {
    lacking: now.flatMap(([name]) => (then.has(name) ? [] : [name])),
    changed: now.flatMap(([name, type]) => {
      const was = then.get(name);
      return was === undefined || was === type ? [] : [`${name} is ${was} there and ${type} in the labels`];
    }),
    gone: [...then.keys()].filter((name) => !own.has(name) && labels.columns[name] === undefined),
  };
}

/** Why the backup table cannot take another backup, or null. A column that the labels lost does not matter to it. */
export function unfitBackupTable({ labels }: CustomerTables, shape: BackupShape | null): string | null {
  if (!shape || shape.lacking.length + shape.changed.length === 0) return null;
  const { database, table } = backupTableOf(labels.local);
  const faults = [
    ...(shape.lacking.length > 0 ? [`has no column ${shape.lacking.join(', ')}, which the labels have`] : []),
    ...(shape.changed.length > 0 ? [`has other types: ${shape.changed.join('; ')}`] : []),
  ];
  return `The backup table ${database}.${table} ${faults.join(', and ')}. Rename it; the next backup makes a new one.`;
}
