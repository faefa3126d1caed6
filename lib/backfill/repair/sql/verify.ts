import { z } from 'zod';
import { everywhere, type TableName } from '@/lib/clickhouse/identifiers';
import { statement } from '@/lib/clickhouse/statement';
import { inScope, ScopeParams } from '@/lib/customers/sql/scope';
import type { RepairIdentifiers } from '../../plan/sql/tables';

const Id = z.object({ conversation_id: z.string() }).transform((row) => row.conversation_id);

/** Conversations of the scope whose truth got a newer row since an instant; at most 10,001. */
export const selectChangedTruth = statement({
  name: 'backfill.changed_truth',
  text: ({ truth }: RepairIdentifiers) => `
    SELECT DISTINCT conversation_id
    FROM ${truth.table}
    WHERE ${inScope}
      AND ${truth.version} > {since_ms:Int64} * ${truth.versionPerMs}
    LIMIT 10001`,
  params: ScopeParams.extend({ since_ms: z.number().int() }),
  row: Id,
});

type BackupNames = RepairIdentifiers & { backup: TableName; cluster: string | null };

/**
 * Closed conversations that were labelled in the backup and have no label now: lost. Reads one backup and the scope
 * of both tables; at most 1,001.
 */
export const selectLost = statement({
  name: 'backfill.lost',
  text: ({ truth, labels, backup, cluster }: BackupNames) => `
    SELECT DISTINCT conversation_id
    FROM ${everywhere(cluster, backup)}
    WHERE slc_backup_id = {backup:String}
      AND (profile_id, conversation_id) GLOBAL IN (
        SELECT profile_id, conversation_id
        FROM ${truth.table}
        WHERE ${inScope}
        GROUP BY profile_id, conversation_id
        HAVING argMax(${truth.endMs}, ${truth.order}) != 0
      )
      AND conversation_id GLOBAL NOT IN (
        SELECT conversation_id
        FROM ${labels.table}
        WHERE ${inScope}
      )
    LIMIT 1001`,
  params: ScopeParams.extend({ backup: z.string().min(1) }),
  row: Id,
});

/**
 * Conversations with more than one label key among the customer's own labels of the scope; at most 10,001. A label of
 * another customer is out of a repair's reach, so it makes no duplicate here.
 */
export const selectOwnDuplicates = statement({
  name: 'backfill.own_duplicates',
  text: ({ labels, labelKey }: RepairIdentifiers) => `
    SELECT conversation_id
    FROM ${labels.table}
    WHERE ${inScope}
    GROUP BY conversation_id
    HAVING uniqExact(${labelKey}) > 1
    LIMIT 10001`,
  params: ScopeParams,
  row: Id,
});
