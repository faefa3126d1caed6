import { z } from 'zod';
import { everywhere, quoteName, quoteTable } from '@/lib/clickhouse/identifiers';
import { statement } from '@/lib/clickhouse/statement';
import { inScope, ScopeParams } from '@/lib/customers/sql/scope';
import type { SideColumns } from '@/lib/detection/judge/sql/columns';
import { backupTableOf } from '../model';
import { DigestRow, digestsBy, isRestored } from './digest';
import { rowHash } from './row-hash';
import type { WrongIdentifiers } from './wrong-identifiers';

/**
 * The full label key of a row as one text, whatever its types, NULL too; hex, so that no value can pass as another or as
 * a part of the statement.
 */
const keyText = (key: string[]) => `hex(formatRow('RowBinary', ${key.join(', ')}))`;

const side = (
  { profileText, agentText, useCaseText, endHour, endMs, startMs, version, order }: SideColumns,
  key: string,
) =>
  `tuple(CAST(${profileText} AS String), ${key}, CAST(${agentText} AS String), CAST(${useCaseText} AS String), toUInt32(${endHour}), toInt64(${endMs}), toInt64(${startMs}), toInt64(${version}), ${order})`;

/**
 * Label rows (newest per key) of closed truth that are not its right row, with the key of the right row as `right_key`,
 * '' where there is none. Each label is compared with the truth of the same profile; if that profile has none, with the
 * newest truth of the same conversation. Of several right rows, the right key is that of the one with exactly the truth's end and
 * start, then that of the newest, so the truth's own key is never among the rows here. Open truth and labels without a
 * truth are not here either.
 * UNION ALL and one GROUP BY, for any number of shards. Tuples: profile, key, agent, use case, end hour, end,
 * start, version, order. Bounded by the scope: one pass over each table, memory of its conversations.
 */
const notRight = ({ truthSide, labelSide, key }: WrongIdentifiers, from: string) => `
        SELECT id AS conversation_id, label.2 AS label_key, label.7 AS start_ms, right_key
        FROM (
          SELECT id, labels, truths_of_labels,
            arrayMap((l, t) -> arrayReverseSort(
              x -> (x.6 = t.6, x.7 = t.7, x.8, x.2),
              arrayFilter(x -> x.1 = t.1 AND x.3 = t.3 AND x.4 = t.4 AND x.5 = t.5, labels))[1].2, labels, truths_of_labels) AS right_keys
          FROM (
            SELECT id, labels,
              arrayMap(l -> if(
                arrayExists(t -> t.1 = l.1, truths),
                arrayFirst(t -> t.1 = l.1, truths),
                arrayReverseSort(t -> (t.8, t.1), truths)[1]), labels) AS truths_of_labels
            FROM (
              SELECT id, groupArrayIf(row, is_label) AS labels, groupArrayIf(row, NOT is_label) AS truths
              FROM (
                SELECT *
                FROM (
                  SELECT CAST(${labelSide.idText} AS String) AS id, toUInt8(1) AS is_label, ${side(labelSide, keyText(key))} AS row
                  FROM ${from}
                  ORDER BY row.9 DESC
                  LIMIT 1 BY row.2)
                UNION ALL
                SELECT *
                FROM (
                  SELECT CAST(${truthSide.idText} AS String) AS id, toUInt8(0) AS is_label, ${side(truthSide, "''")} AS row
                  FROM ${truthSide.table}
                  WHERE ${inScope}
                  ORDER BY row.9 DESC
                  LIMIT 1 BY id, row.1)
              )
              GROUP BY id
              HAVING notEmpty(labels) AND notEmpty(truths)
            )
          )
        )
        ARRAY JOIN labels AS label, truths_of_labels AS truth, right_keys AS right_key
        WHERE truth.6 != 0 AND label.2 != right_key`;

const fromLabels = ({ labels }: WrongIdentifiers) => `${quoteTable(labels)}
                  WHERE ${inScope}`;
const fromBackup = ({ cluster, labelsLocal }: WrongIdentifiers) => `${everywhere(cluster, backupTableOf(labelsLocal))}
                  WHERE slc_backup_id = {backup:String}
                    AND ${isRestored}`;

/** The scope's rows that a backup or list holds, as they are there to the byte. */
const heldBy = (param: 'backup' | 'list', { cluster, labelsLocal, columns }: WrongIdentifiers) => `${inScope}
      AND ${rowHash(columns)} GLOBAL IN (
        SELECT ${rowHash(columns)}
        FROM ${everywhere(cluster, backupTableOf(labelsLocal))}
        WHERE slc_backup_id = {${param}:String})`;

const DayParams = ScopeParams.extend({ edges: z.array(z.number().int()).min(1) });
const count = z.coerce.number();

/** Rows of each day that a no-gap repair would delete, once their right row is there; `at` counts from 1 among edges. */
export const countNotRight = statement<typeof DayParams, z.ZodType<{ at: number; rows: number }>, WrongIdentifiers>({
  name: 'label_store.count_not_right',
  text: (identifiers) => `
    SELECT toUInt32(arrayLastIndex(edge -> edge <= start_ms, {edges:Array(Int64)})) AS at, count() AS rows
    FROM (${notRight(identifiers, fromLabels(identifiers))}
    )
    GROUP BY at`,
  params: DayParams,
  row: z.object({ at: z.number(), rows: count }),
});

const BackupParams = ScopeParams.extend({ backup: z.string().min(1) });

/** Conversations of a backup whose labels there are not the truth's: what differs once it is restored. */
export const countBackupNotRight = statement<
  typeof BackupParams,
  z.ZodType<{ conversations: number }>,
  WrongIdentifiers
>({
  name: 'label_store.count_backup_not_right',
  text: (identifiers) => `
    SELECT uniqExact(conversation_id) AS conversations
    FROM (${notRight(identifiers, fromBackup(identifiers))}
    )`,
  params: BackupParams,
  row: z.object({ conversations: count }),
});

/** Conversations of closed truth that have labels but not their right row; at most 10,001. */
export const selectUnproven = statement<typeof ScopeParams, z.ZodType<string>, WrongIdentifiers>({
  name: 'label_store.unproven',
  text: (identifiers) => `
    SELECT DISTINCT conversation_id
    FROM (${notRight(identifiers, fromLabels(identifiers))}
    )
    WHERE right_key = ''
    LIMIT 10001`,
  params: ScopeParams,
  row: z.object({ conversation_id: z.string() }).transform((row) => row.conversation_id),
});

/** Rows whose conversation has its right row, and which are in the day's backup. */
const wrong = (identifiers: WrongIdentifiers) => `${heldBy('backup', identifiers)}
      AND ${keyText(identifiers.key)} GLOBAL IN (
        SELECT label_key
        FROM (${notRight(identifiers, fromLabels(identifiers))}
        )
        WHERE right_key != '')`;

/** Count and hash of the wrong rows, newest per key. */
export const selectWrongDigest = statement<typeof BackupParams, typeof DigestRow, WrongIdentifiers>({
  name: 'label_store.wrong_digest',
  text: (identifiers) =>
    digestsBy('1', identifiers, {
      rows: `${quoteTable(identifiers.labels)}
        WHERE ${wrong(identifiers)}`,
      // As the list has them, which is compared with it and never restored.
      ties: 'hash',
    }),
  params: BackupParams,
  row: DigestRow,
});

const ListParams = BackupParams.extend({ list: z.string().min(1) });
const quoted = (columns: Record<string, string>) => Object.keys(columns).map(quoteName).join(', ');

/** Copies the wrong rows as they lie into the backup table, as a list: exactly these may be deleted. */
export const insertList = statement<typeof ListParams, z.ZodNever, WrongIdentifiers>({
  name: 'label_store.insert_list',
  text: (identifiers) => `
    INSERT INTO ${quoteTable(backupTableOf(identifiers.labelsLocal))} (${quoted(identifiers.columns)}, slc_backup_id, slc_backed_up_at)
    SELECT ${quoted(identifiers.columns)}, {list:String}, now64(3, 'UTC')
    FROM ${quoteTable(identifiers.labels)}
    WHERE ${wrong(identifiers)}`,
  params: ListParams,
  row: z.never(),
});

const ScopeList = ScopeParams.extend({ list: z.string().min(1) });

/** Rows of a list that still lie on some replica. Zero proves the delete. */
export const countListed = statement<typeof ScopeList, z.ZodType<{ rows: number }>, WrongIdentifiers>({
  name: 'label_store.count_listed',
  text: (identifiers) => `
    SELECT count() AS rows
    FROM ${everywhere(identifiers.readCluster, identifiers.labelsLocal)}
    WHERE ${heldBy('list', identifiers)}`,
  params: ScopeList,
  row: z.object({ rows: count }),
});

/** Rows of a list that are there and no longer beside their right row; any forbids the delete. */
export const countListedUnproven = statement<typeof ScopeList, z.ZodType<{ rows: number }>, WrongIdentifiers>({
  name: 'label_store.count_listed_unproven',
  text: (identifiers) => `
    SELECT count() AS rows
    FROM ${quoteTable(identifiers.labels)}
    WHERE ${heldBy('list', identifiers)}
      AND ${keyText(identifiers.key)} GLOBAL NOT IN (
        SELECT label_key
        FROM (${notRight(identifiers, fromLabels(identifiers))}
        )
        WHERE right_key != '')`,
  params: ScopeList,
  row: z.object({ rows: count }),
});
