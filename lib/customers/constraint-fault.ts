import type { ClickHouse } from '@/lib/clickhouse/client';
import { columnsIn, type TableConstraint } from './catalogue';
import { type CustomerTables, labelColumns } from './model';
import { countRefusedLabels } from './sql/constraints';

const noneUnwritten: ReadonlySet<string> = new Set();

/**
 * Why a constraint of the labels would refuse rows that a repair writes, or null. These are rows that an undo brings
 * back, or relabelled rows, which have the default of the type in columns that the labeler does not write. It looks at
 * `rowsMax` rows of the range.
 */
export async function constraintFault(
  { clickhouse }: { clickhouse: ClickHouse },
  of: { tables: CustomerTables; customerId: string; fromMs: number; toMs: number; rowsMax: number },
): Promise<string | null> {
  const { labels } = of.tables;
  const { constraints, columns } = labels;
  if (constraints.length === 0) return null;
  const written = new Set([...labelColumns(labels.versionColumn), ...labels.materialized, ...labels.defaulted]);
  const others = Object.keys(columns).filter((name) => !written.has(name));
  const refusing = async (unwritten: ReadonlySet<string>) => {
    const counts = await clickhouse.readOne(countRefusedLabels, {
      params: { customer: of.customerId, fromMs: of.fromMs, toMs: of.toMs, rowsMax: of.rowsMax },
      identifiers: {
        labels: labels.distributed,
        columns,
        unwritten,
        expressions: constraints.map(({ expression }) => expression),
      },
      timeoutSeconds: 60,
    });
    return constraints[counts.findIndex((rows) => rows > 0)];
  };
  const now = await refusing(noneUnwritten);
  if (now)
    return `Some label rows do not satisfy the constraint ${textOf(now)}, so an undo could not bring them back. Correct the rows, or drop the constraint.`;
  const later = await refusing(new Set(others));
  return later
    ? `A relabelled row would not satisfy the constraint ${textOf(later)}, since a labeler need not write ${columnsIn(later.expression, others).join(', ')}: the relabel would fail after the delete. Give the column a DEFAULT, or drop the constraint.`
    : null;
}

const textOf = ({ name, expression }: TableConstraint) => `${name} (${expression})`;
