import type { Context } from '@/lib/context';
import type { CustomerTables } from '@/lib/customers/model';
import { backupShape } from './backup-shape';
import { countRefusedRows, type NeededSetting, selectKnownSettings } from './sql/restorable';

type Reads = Pick<Context, 'clickhouse'>;

/** The settings that backups and restores need and this server has. */
export async function knownSettings(ctx: Reads): Promise<ReadonlySet<NeededSetting>> {
  const { rows } = await ctx.clickhouse.read(selectKnownSettings, {});
  return new Set(rows.map((row) => row.name));
}

/**
 * Why a backup could not be brought back byte for byte, as a sentence that names the column or constraint, or null.
 * Asked before anything is deleted: a restore that fails after the delete would leave the day empty.
 */
export async function whyNotRestorable(
  ctx: Reads,
  { tables, backupId }: { tables: CustomerTables; backupId: string },
): Promise<string | null> {
  const { labels, cluster } = tables;
  const shape = await backupShape(ctx, tables);
  if (!shape) return 'There is no backup table any more.';
  const faults = [
    ...shape.gone.map((column) => `the labels no longer store the column ${column}`),
    ...shape.changed,
    ...shape.lacking.map((column) => `the labels got the column ${column} since, of which the backup knows nothing`),
  ];
  if (faults.length > 0)
    return `The backup cannot be brought back as it was: ${faults.join('; ')}. Make the columns as they were when it was taken.`;
  const [first] = labels.materialized;
  if (first && !(await knownSettings(ctx)).has('insert_allow_materialized_columns'))
    return `The backup cannot be brought back as it was: ${first} is MATERIALIZED, and this version of ClickHouse cannot write such a column.`;
  if (labels.constraints.length === 0) return null;
  const refused = await ctx.clickhouse.readOne(countRefusedRows, {
    params: { backup: backupId },
    identifiers: {
      labelsLocal: labels.local,
      cluster,
      expressions: labels.constraints.map((constraint) => constraint.expression),
    },
  });
  const at = refused.findIndex((rows) => rows > 0);
  const constraint = labels.constraints[at];
  return constraint
    ? `The backup cannot be brought back: ${refused[at]} of its rows do not satisfy the constraint ${constraint.name} (${constraint.expression}), so ClickHouse would refuse them.`
    : null;
}
