import { z } from 'zod';
import { statement } from '@/lib/clickhouse/statement';
import { inRange } from '@/lib/customers/sql/scope';
import type { DetectionColumns, SideColumns } from './columns';
import { ConfirmScope, labelChunk, truthChunk, within } from './confirm';
import { candidateTable, columnsOf, labelRow, type RowExpressions, truthRow } from './read';

/** Temporary table: conversations of which two rows have the same key and version. */
export const tieTable = 'slc_ties';

/** What a row says, as one hash. */
export const sayingOfRow =
  'cityHash64(agent, use_case, end_hour, customer_profile, day, is_open, is_settling, is_foreign)';
const differ = `HAVING count() > 1 AND min(${sayingOfRow}) != max(${sayingOfRow})`;

/** Candidates with rows of one key and one version that say different things: the engine's order decides between them. */
export const createTies = statement({
  name: 'detection.ties',
  text: ({ keyColumns }: DetectionColumns) => `
    CREATE TEMPORARY TABLE ${tieTable} ENGINE = Memory AS
    SELECT DISTINCT conversation
    FROM (
      SELECT conversation
      FROM ${candidateTable}
      WHERE NOT is_label
      GROUP BY conversation, customer_profile, version
      ${differ}
      UNION ALL
      SELECT conversation
      FROM ${candidateTable}
      WHERE is_label
      GROUP BY ${['conversation', ...keyColumns, 'version'].join(', ')}
      ${differ})`,
  row: z.never(),
});

export const countTies = statement({
  name: 'detection.count_ties',
  text: `SELECT count() AS ties FROM ${tieTable}`,
  row: z.object({ ties: z.coerce.number() }),
});

/** Where the tied rows were read: in a chunk, or by the confirm in all of both tables or within bounds. */
export type WhereRead = 'chunk' | 'all' | 'within';

const rangeOf = (side: SideColumns, whereRead: WhereRead) =>
  whereRead === 'chunk'
    ? `AND ${inRange} AND ({foreignLabels:UInt8} = 1 OR NOT (${side.foreign}))`
    : within(whereRead === 'within');

/** The prefix keeps a column of the customer's table from being taken for an alias. */
const alias = (column: string) => `slc_${column}`;

/** The newest row of each key, as FINAL has it, with a version above all others. */
const newestRows = (
  side: SideColumns,
  row: RowExpressions,
  { key, whereRead }: { key: string[]; whereRead: WhereRead },
) => `
    SELECT ${Object.keys(row)
      .map((column) => (column === 'version' ? `${alias(column)} + 1` : alias(column)))
      .join(', ')}
    FROM (
      SELECT ${Object.entries(row)
        .map(([column, expression]) => `${expression} AS ${alias(column)}`)
        .join(',\n             ')},
             ${side.order} AS slc_newest_last
      FROM ${side.table}
      WHERE ${side.conversation} IN (SELECT conversation FROM ${tieTable}) ${rangeOf(side, whereRead)}
      ORDER BY slc_newest_last DESC
      LIMIT 1 BY ${['conversation', ...key].map(alias).join(', ')})`;

/**
 * Reads the tied conversations once more and adds the newest row of each of their keys to the candidates. Costs a pass
 * over the ids of the rows that were read, and is only asked where there is a tie.
 */
export const insertNewest = statement({
  name: 'detection.newest',
  text: ({ columns, whereRead }: { columns: DetectionColumns; whereRead: WhereRead }) => {
    const { truth, labels, keyColumns } = columns;
    const chunkOf = (chunk: string) => (whereRead === 'chunk' ? {} : { chunk });
    const truthRows = { ...truthRow(columns), ...chunkOf(truthChunk(truth)) };
    const labelRows = { ...labelRow(columns), ...chunkOf(labelChunk(labels)) };
    return `
    INSERT INTO ${candidateTable} (${columnsOf(truthRows)})
    ${newestRows(truth, truthRows, { key: ['customer_profile'], whereRead })}
    UNION ALL
    ${newestRows(labels, labelRows, { key: keyColumns, whereRead })}`;
  },
  params: ConfirmScope,
  row: z.never(),
});
