import { z } from 'zod';
import { everywhere, quoteName, quoteTable } from '@/lib/clickhouse/identifiers';
import { statement } from '@/lib/clickhouse/statement';
import { inScope, RangesParams, rangeOfStart, ScopeParams, startsInAny } from '@/lib/customers/sql/scope';
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

/** What is compared: label rows, the truth, and the unit of a row of either, which is its own scope. */
type From = { labels: string; truth: string; unitOf: (side: SideColumns) => string };

/**
 * True for a row of a conversation that may have a wrong row: not where a unit has one row of it on each side and both
 * say the same. Most are like that, so few are compared by the rules. 16 bytes of memory a conversation.
 */
const isCandidate = (side: SideColumns, { truthSide, labelSide }: WrongIdentifiers, from: From) => {
  const rowOf = (of: SideColumns) => `${of.conversation} AS conversation, ${from.unitOf(of)} AS unit,
                          cityHash64(CAST(${of.profileText} AS String), CAST(${of.agentText} AS String), CAST(${of.useCaseText} AS String), toUInt32(${of.endHour})) AS content`;
  return `${side.conversation} GLOBAL IN (
                      SELECT conversation
                      FROM (
                        SELECT ${rowOf(labelSide)}, toUInt8(1) AS is_label
                        FROM ${from.labels}
                        UNION ALL
                        SELECT ${rowOf(truthSide)}, toUInt8(0) AS is_label
                        FROM ${from.truth})
                      GROUP BY unit, conversation
                      HAVING max(is_label) = 1 AND min(is_label) = 0 AND NOT (count() = 2 AND min(content) = max(content)))`;
};

/**
 * Label rows (newest per key) of closed truth that are not its right row, with the key of the right row as `right_key`,
 * '' where there is none. Each label is compared with the truth of the same profile; if that profile has none, with the
 * newest truth of the same conversation. Of several right rows, the right key is that of the one with exactly the
 * truth's end and start, then that of the newest, so the truth's own key is never among the rows here. Open truth and
 * labels without a truth are not here either. UNION ALL and one GROUP BY, for any number of shards. Tuples: profile,
 * key, agent, use case, end hour, end, start, version, order. Bounded by the scope: two passes over each table, memory
 * of its candidates.
 */
const notRight = (of: WrongIdentifiers, from: From) => {
  const { truthSide, labelSide, key } = of;
  return `
        SELECT id AS conversation_id, label.2 AS label_key, unit, right_key
        FROM (
          SELECT id, unit, labels, truths_of_labels,
            arrayMap((l, t) -> arrayReverseSort(
              x -> (x.6 = t.6, x.7 = t.7, x.8, x.2),
              arrayFilter(x -> x.1 = t.1 AND x.3 = t.3 AND x.4 = t.4 AND x.5 = t.5, labels))[1].2, labels, truths_of_labels) AS right_keys
          FROM (
            SELECT id, unit, labels,
              arrayMap(l -> if(
                arrayExists(t -> t.1 = l.1, truths),
                arrayFirst(t -> t.1 = l.1, truths),
                arrayReverseSort(t -> (t.8, t.1), truths)[1]), labels) AS truths_of_labels
            FROM (
              SELECT id, unit, groupArrayIf(row, is_label) AS labels, groupArrayIf(row, NOT is_label) AS truths
              FROM (
                SELECT *
                FROM (
                  SELECT CAST(${labelSide.idText} AS String) AS id, ${from.unitOf(labelSide)} AS unit, toUInt8(1) AS is_label, ${side(labelSide, keyText(key))} AS row
                  FROM ${from.labels}
                    AND ${isCandidate(labelSide, of, from)}
                  ORDER BY row.9 DESC
                  LIMIT 1 BY unit, row.2)
                UNION ALL
                SELECT *
                FROM (
                  SELECT CAST(${truthSide.idText} AS String) AS id, ${from.unitOf(truthSide)} AS unit, toUInt8(0) AS is_label, ${side(truthSide, "''")} AS row
                  FROM ${from.truth}
                    AND ${isCandidate(truthSide, of, from)}
                  ORDER BY row.9 DESC
                  LIMIT 1 BY unit, id, row.1)
              )
              GROUP BY unit, id
              HAVING notEmpty(labels) AND notEmpty(truths)
            )
          )
        )
        ARRAY JOIN labels AS label, truths_of_labels AS truth, right_keys AS right_key
        WHERE truth.6 != 0 AND label.2 != right_key`;
};

const inLabels = ({ labels }: WrongIdentifiers) => `${quoteTable(labels)}
                  WHERE ${inScope}`;
const inTruth = ({ truthSide }: WrongIdentifiers) => `${truthSide.table}
                  WHERE ${inScope}`;
const asOne = () => '0';

const fromLabels = (of: WrongIdentifiers): From => ({ labels: inLabels(of), truth: inTruth(of), unitOf: asOne });

/** Each unit by itself, as if it were a scope: a conversation with rows in two units is two here. */
const fromUnits = (of: WrongIdentifiers): From => ({
  labels: `${inLabels(of)}
                    AND ${startsInAny(of.labelSide.startMs)}`,
  truth: `${inTruth(of)}
                    AND ${startsInAny(of.truthSide.startMs)}`,
  unitOf: ({ startMs }) => rangeOfStart(startMs),
});

const fromBackup = (of: WrongIdentifiers): From => ({
  labels: `${everywhere(of.cluster, backupTableOf(of.labelsLocal))}
                  WHERE slc_backup_id = {backup:String}
                    AND ${isRestored}`,
  truth: inTruth(of),
  unitOf: asOne,
});

/** The scope's rows that a backup or list holds, as they are there to the byte. */
const heldBy = (param: 'backup' | 'list', { cluster, labelsLocal, columns }: WrongIdentifiers) => `${inScope}
      AND ${rowHash(columns)} GLOBAL IN (
        SELECT ${rowHash(columns)}
        FROM ${everywhere(cluster, backupTableOf(labelsLocal))}
        WHERE slc_backup_id = {${param}:String})`;

const UnitParams = ScopeParams.extend(RangesParams.shape);
const count = z.coerce.number();

/** Rows of each unit that a no-gap repair would delete, once their right row is there; `at` is where the unit begins. */
export const countNotRight = statement<typeof UnitParams, z.ZodType<{ at: number; rows: number }>, WrongIdentifiers>({
  name: 'label_store.count_not_right',
  text: (identifiers) => `
    SELECT unit AS at, count() AS rows
    FROM (${notRight(identifiers, fromUnits(identifiers))}
    )
    GROUP BY at`,
  params: UnitParams,
  row: z.object({ at: count, rows: count }),
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
