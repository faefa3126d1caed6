import { z } from 'zod';
import { everywhere, onCluster, quoteName, quoteTable, type TableName } from '@/lib/clickhouse/identifiers';
import { statement } from '@/lib/clickhouse/statement';
import { inScope, ScopeParams } from '@/lib/customers/sql/scope';
import { backupTableOf } from '@/lib/label-store/model';
import { backedUpAt, isRestored } from '@/lib/label-store/sql/digest';
import { type RowIdentifiers, rowHash } from '@/lib/label-store/sql/row-hash';

type LabelIdentifiers = { labels: TableName; labelsLocal: TableName; cluster: string | null };
const none = z.object({});
const list = (columns: string[]) => columns.map(quoteName).join(', ');

/**
 * The backup table beside the local labels: their columns and types, and which backup a row belongs to. One partition
 * a backup. Not replicated: each node keeps what was written through it, and readers ask all of them.
 */
export const createBackupTable = statement<
  typeof none,
  z.ZodNever,
  { labelsLocal: TableName; cluster: string | null; columns: Record<string, string> }
>({
  name: 'label_jobs.create_backup_table',
  text: ({ labelsLocal, cluster, columns }) => `
    CREATE TABLE IF NOT EXISTS ${quoteTable(backupTableOf(labelsLocal))}${onCluster(cluster)} (
      ${Object.entries(columns)
        .map(([name, type]) => `${quoteName(name)} ${type},`)
        .join('\n      ')}
      slc_backup_id String,
      slc_backed_up_at DateTime64(3, 'UTC')
    )
    ENGINE = MergeTree
    PARTITION BY slc_backup_id
    ORDER BY tuple()`,
  params: none,
  row: z.never(),
});

const BackupParams = z.object({ backup: z.string().min(1) });
const CopyParams = ScopeParams.extend(BackupParams.shape);

/**
 * Copies the scope's rows as they lie, unmerged versions too, so that an undo brings back the very rows. Bounded by
 * the scope; two sequential passes.
 */
export const insertBackup = statement<
  typeof CopyParams,
  z.ZodNever,
  Omit<LabelIdentifiers, 'cluster'> & RowIdentifiers
>({
  name: 'label_jobs.insert_backup',
  text: ({ labels, labelsLocal, ...rows }) => `
    INSERT INTO ${quoteTable(backupTableOf(labelsLocal))} (${list(Object.keys(rows.columns))}, slc_backup_id, slc_backed_up_at)
    SELECT ${list(Object.keys(rows.columns))}, {backup:String}, ${backedUpAt(rows, labels)}
    FROM ${quoteTable(labels)}
    WHERE ${inScope}`,
  params: CopyParams,
  row: z.never(),
});

/** Brings a backup's rows, except those that were overruled, back through the Distributed table, each to its shard. */
export const insertFromBackup = statement<typeof BackupParams, z.ZodNever, LabelIdentifiers & { columns: string[] }>({
  name: 'label_jobs.insert_from_backup',
  text: ({ labels, labelsLocal, cluster, columns }) => `
    INSERT INTO ${quoteTable(labels)} (${list(columns)})
    SELECT ${list(columns)}
    FROM ${everywhere(cluster, backupTableOf(labelsLocal))}
    WHERE slc_backup_id = {backup:String}
      AND ${isRestored}`,
  params: BackupParams,
  row: z.never(),
});

/** Drops one backup and nothing else: each is a separate partition. What is dropped is lost. */
export const dropBackup = statement<
  typeof BackupParams,
  z.ZodNever,
  { labelsLocal: TableName; cluster: string | null }
>({
  name: 'label_jobs.drop_backup',
  text: ({ labelsLocal, cluster }) => `
    ALTER TABLE ${quoteTable(backupTableOf(labelsLocal))}${onCluster(cluster)}
    DROP PARTITION {backup:String}`,
  params: BackupParams,
  row: z.never(),
});

const DeleteParams = ScopeParams.extend({ backups: z.array(z.string().min(1)).min(1), tag: z.string().min(1) });

/**
 * The one delete: a mutation of the local labels that takes the scope's rows which these backups (or this list of wrong
 * rows) hold, as they are there to the byte. A row that was written after the backup, of whatever version, stays. The
 * tag is in the predicate, so that the mutation is found again: docs/clickhouse-facts.md#tag-in-the-predicate.
 * NOTE: each replica reads the backups by itself while it rewrites a part. They never change, so all replicas agree;
 * `allow_nondeterministic_mutations` lets a replicated table take a subquery.
 */
export const deleteBackedUp = statement<
  typeof DeleteParams,
  z.ZodNever,
  { labelsLocal: TableName; cluster: string | null; columns: RowIdentifiers['columns'] }
>({
  name: 'label_jobs.delete_backed_up',
  text: ({ labelsLocal, cluster, columns }) => `
    ALTER TABLE ${quoteTable(labelsLocal)}${onCluster(cluster)}
    DELETE WHERE ${inScope}
      AND ${rowHash(columns)} IN (
        SELECT ${rowHash(columns)}
        FROM ${everywhere(cluster, backupTableOf(labelsLocal))}
        WHERE slc_backup_id IN {backups:Array(String)})
      AND {tag:String} != ''`,
  params: DeleteParams,
  row: z.never(),
});

const TableParams = z.object({ database: z.string(), table: z.string() });
const KillParams = TableParams.extend({ mutation: z.string().min(1), command_sha256: z.string().length(64) });

/**
 * Stops what is left of one mutation; what it did stays done. Names database, table and id, and the statement's text,
 * because another shard may have another mutation of the same id. `test`: only says what it would stop.
 * Answers a row for each mutation, or each host of a cluster.
 */
export const killMutationById = statement<
  typeof KillParams,
  z.ZodType<Record<string, unknown>>,
  { cluster: string | null; test: boolean }
>({
  name: 'label_jobs.kill',
  text: ({ cluster, test }) => `
    KILL MUTATION${onCluster(cluster)}
    WHERE database = {database:String}
      AND table = {table:String}
      AND mutation_id = {mutation:String}
      AND lower(hex(SHA256(command))) = {command_sha256:String}
    ${test ? 'TEST' : 'ASYNC'}`,
  params: KillParams,
  row: z.record(z.string(), z.unknown()),
});
