import { z } from 'zod';
import { everywhere, quoteName, quoteTable, type TableName } from '@/lib/clickhouse/identifiers';
import { statement } from '@/lib/clickhouse/statement';
import { inScope, RangesParams, rangeOfStart, ScopeParams, startsInAny } from '@/lib/customers/sql/scope';
import { placeOfRow } from '@/lib/detection/judge/sql/columns';
import { backupTableOf, type Digest } from '../model';
import { hashParts, keyHash, type RowIdentifiers, rowHash } from './row-hash';

/** Rows to digest, and what decides between those of one key and version: where they lie, or their hash. */
type From = { rows: string; ties: 'place' | 'hash' };
const tieOf = ({ ties }: From) => (ties === 'place' ? placeOfRow : 'slc_hash');

/** A scope's labels. Between rows of one key and version FINAL decides by their place, and so does every merge. */
const fromLabels = (labels: TableName): From => ({
  rows: `${quoteTable(labels)}
        WHERE ${inScope}`,
  ties: 'place',
});

/** A backup, wherever in the cluster it was taken. */
const fromBackup = ({ labelsLocal, cluster }: BackupNames): From => ({
  rows: `${everywhere(cluster, backupTableOf(labelsLocal))}
        WHERE slc_backup_id = {backup:String}
          AND ${isRestored}`,
  ties: 'hash',
});

/**
 * Of a backup's rows: not one that another of its key and version overruled when it was taken. The delete takes those
 * too, and an undo leaves them out, since nothing says which of the two comes last there.
 */
export const isRestored = 'toUnixTimestamp64Milli(slc_backed_up_at) > 0';

/**
 * When a row of the scope is backed up; the epoch for one that is overruled, see `isRestored`. Reads the scope once more;
 * memory is some 100 bytes a key.
 */
export const backedUpAt = (rows: RowIdentifiers, labels: TableName) => `if(
        ${rowHash(rows.columns)} GLOBAL IN (
          SELECT arrayJoin(arrayFilter(slc_hash -> slc_hash != slc_kept, slc_hashes))
          FROM (
            SELECT groupUniqArray(slc_hash) AS slc_hashes, argMax(slc_hash, slc_tie) AS slc_kept
            FROM (${hashed('1', rows, fromLabels(labels))}
            )
            GROUP BY slc_key, slc_version
            HAVING length(slc_hashes) > 1
          )),
        toDateTime64(0, 3, 'UTC'),
        now64(3, 'UTC'))`;

const hashed = (group: string, rows: RowIdentifiers, from: From) => `
        SELECT
          ${group} AS slc_group,
          ${keyHash(rows)} AS slc_key,
          ${quoteName(rows.version)} AS slc_version,
          ${rowHash(rows.columns)} AS slc_hash,
          ${tieOf(from)} AS slc_tie
        FROM ${from.rows}`;

/**
 * The hash of the newest row of each key. FINAL would read whole parts for one day. The key is
 * hashed, which is cheaper than grouping by its strings; two keys of one hash would count as one on both sides of a
 * comparison. `group` splits rows.
 * NOTE: no column of the labels begins with slc_, so that none can be taken for a name given here.
 */
const newestBy = (group: string, rows: RowIdentifiers, from: From) => `
      SELECT slc_group, argMax(slc_hash, (slc_version, slc_tie)) AS slc_newest
      FROM (${hashed(group, rows, from)}
      )
      GROUP BY slc_group, slc_key`;

/** Count and sum of hashes of the newest row of each key, for each group of rows. */
export const digestsBy = (group: string, rows: RowIdentifiers, from: From) => `
    SELECT
      toInt64(slc_group) AS at,
      toString(count()) AS digest_rows,
      toString(sumWithOverflow(slc_newest)) AS digest_hash
    FROM (${newestBy(group, rows, from)}
    )
    GROUP BY slc_group`;

export const DigestRow = z
  .object({ at: z.coerce.number(), digest_rows: z.coerce.number(), digest_hash: z.string() })
  .transform(({ at, ...row }): Digest & { at: number } => ({ at, rows: row.digest_rows, hash: row.digest_hash }));

const UnitParams = ScopeParams.extend(RangesParams.shape);
const startMs = `toUnixTimestamp64Milli(toDateTime64(conversation_start_time, 3, 'UTC'))`;

/**
 * Count and hash of the label rows of each unit of a scope, newest per key, through the Distributed table; `at` is where
 * the unit begins. One pass over the scope, all columns of the units' rows; memory is 16 bytes a key. A unit without rows
 * is absent.
 */
export const selectLabelDigests = statement<
  typeof UnitParams,
  typeof DigestRow,
  RowIdentifiers & { labels: TableName }
>({
  name: 'label_store.label_digests',
  text: ({ labels, ...rows }) => {
    const from = fromLabels(labels);
    return digestsBy(rangeOfStart(startMs), rows, {
      ...from,
      rows: `${from.rows}
      AND ${startsInAny(startMs)}`,
    });
  },
  params: UnitParams,
  row: DigestRow,
});

const BackupParams = z.object({ backup: z.string().min(1) });

/** The same of one backup, wherever in the cluster it was taken. Reads one partition. No row: no such backup. */
export const selectBackupDigest = statement<
  typeof BackupParams,
  typeof DigestRow,
  RowIdentifiers & { labelsLocal: TableName; cluster: string | null }
>({
  name: 'label_store.backup_digest',
  text: ({ labelsLocal, cluster, ...rows }) => digestsBy('1', rows, fromBackup({ labelsLocal, cluster })),
  params: BackupParams,
  row: DigestRow,
});

const BackupsParams = z.object({ backups: z.array(z.string().min(1)).min(1) });
const ScopeBackups = ScopeParams.extend(BackupsParams.shape);
type BackupNames = { labelsLocal: TableName; cluster: string | null };

/** Rows of backups that are not in the scope. Reads these backups, four columns. */
export const countOutside = statement<typeof ScopeBackups, z.ZodType<{ rows: number }>, BackupNames>({
  name: 'label_store.count_outside',
  text: ({ labelsLocal, cluster }) => `
    SELECT countIf(NOT ifNull(${inScope}, 0)) AS rows
    FROM ${everywhere(cluster, backupTableOf(labelsLocal))}
    WHERE slc_backup_id IN {backups:Array(String)}`,
  params: ScopeBackups,
  row: z.object({ rows: z.coerce.number() }),
});

/** The customers of the rows of backups; at most ten. */
export const selectBackupCustomers = statement<typeof BackupsParams, z.ZodType<string>, BackupNames>({
  name: 'label_store.backup_customers',
  text: ({ labelsLocal, cluster }) => `
    SELECT DISTINCT customer_id
    FROM ${everywhere(cluster, backupTableOf(labelsLocal))}
    WHERE slc_backup_id IN {backups:Array(String)}
    LIMIT 10`,
  params: BackupsParams,
  row: z.object({ customer_id: z.string() }).transform((row) => row.customer_id),
});

/** Newest label rows of the scope that backups do not hold as they are. Reads the scope and these backups. */
export const countNotBackedUp = statement<
  typeof ScopeBackups,
  z.ZodType<{ rows: number }>,
  RowIdentifiers & { labels: TableName; labelsLocal: TableName; cluster: string | null }
>({
  name: 'label_store.count_not_backed_up',
  text: ({ labels, labelsLocal, cluster, ...rows }) => `
    SELECT count() AS rows
    FROM (${newestBy('1', rows, fromLabels(labels))}
    )
    WHERE slc_newest NOT IN (
      SELECT ${rowHash(rows.columns)}
      FROM ${everywhere(cluster, backupTableOf(labelsLocal))}
      WHERE slc_backup_id IN {backups:Array(String)})`,
  params: ScopeBackups,
  row: z.object({ rows: z.coerce.number() }),
});

/** Label rows of the scope as they lie on every replica, unmerged versions too. Zero is the proof of a delete. */
export const countScopeRows = statement<
  typeof ScopeParams,
  z.ZodType<{ rows: number }>,
  { labelsLocal: TableName; cluster: string | null }
>({
  name: 'label_store.count_scope_rows',
  text: ({ labelsLocal, cluster }) => `
    SELECT count() AS rows
    FROM ${everywhere(cluster, labelsLocal)}
    WHERE ${inScope}`,
  params: ScopeParams,
  row: z.object({ rows: z.coerce.number() }),
});

/** One sum of hashes a column, in the order of their names, each with its label key; newest row per key. */
const columnsBy = (rows: RowIdentifiers, from: From) => {
  const columns = Object.entries(rows.columns).sort(([a], [b]) => (a < b ? -1 : 1));
  const hashes = columns.map(
    ([column, type]) => `cityHash64(slc_key, ${hashParts(quoteName(column), type).join(', ')})`,
  );
  return `
    SELECT [${columns.map((_, at) => `toString(sumWithOverflow(slc_newest.${at + 1}))`).join(', ')}] AS hashes
    FROM (
      SELECT argMax(slc_hashes, (slc_version, slc_tie)) AS slc_newest
      FROM (
        SELECT
          ${keyHash(rows)} AS slc_key,
          ${quoteName(rows.version)} AS slc_version,
          ${rowHash(rows.columns)} AS slc_hash,
          ${tieOf(from)} AS slc_tie,
          tuple(${hashes.join(', ')}) AS slc_hashes
        FROM ${from.rows}
      )
      GROUP BY slc_key
    )`;
};

const ColumnsRow = z.object({ hashes: z.array(z.string()) });

/** A digest of every column of the scope's labels; costs what `selectLabelDigests` does. */
export const selectLabelColumns = statement<
  typeof ScopeParams,
  typeof ColumnsRow,
  RowIdentifiers & { labels: TableName }
>({
  name: 'label_store.label_columns',
  text: ({ labels, ...rows }) => columnsBy(rows, fromLabels(labels)),
  params: ScopeParams,
  row: ColumnsRow,
});

/** The same of one backup. */
export const selectBackupColumns = statement<
  typeof BackupParams,
  typeof ColumnsRow,
  RowIdentifiers & { labelsLocal: TableName; cluster: string | null }
>({
  name: 'label_store.backup_columns',
  text: ({ labelsLocal, cluster, ...rows }) => columnsBy(rows, fromBackup({ labelsLocal, cluster })),
  params: BackupParams,
  row: ColumnsRow,
});
