import { z } from 'zod';
import { everywhere, type TableName } from '@/lib/clickhouse/identifiers';
import { statement } from '@/lib/clickhouse/statement';
import { backupTableOf } from '../model';

/** Settings that a backup or its restore needs where the server has them: each came with some version. */
const neededSettings = [
  'deduplicate_insert',
  'insert_allow_materialized_columns',
  // What the labels' own CREATE was allowed, a copy of their columns has to be allowed too.
  'allow_suspicious_low_cardinality_types',
  'allow_suspicious_fixed_string_types',
  'allow_suspicious_variant_types',
  'allow_experimental_variant_type',
  'allow_experimental_dynamic_type',
  'allow_experimental_json_type',
  'allow_experimental_object_type',
  'allow_experimental_bfloat16_type',
  'enable_time_time64_type',
] as const;
export type NeededSetting = (typeof neededSettings)[number];

/** Which of them this server has. */
export const selectKnownSettings = statement({
  name: 'label_store.known_settings',
  text: `
    SELECT name
    FROM system.settings
    WHERE name IN (${neededSettings.map((name) => `'${name}'`).join(', ')})`,
  row: z.object({ name: z.enum(neededSettings) }),
});

const RefusedParams = z.object({ backup: z.string().min(1) });

/** How many rows of a backup each constraint of the labels would refuse; NULL is a refusal too. Reads one partition. */
export const countRefusedRows = statement<
  typeof RefusedParams,
  z.ZodType<number[]>,
  { labelsLocal: TableName; cluster: string | null; expressions: string[] }
>({
  name: 'label_store.refused_rows',
  text: ({ labelsLocal, cluster, expressions }) => `
    SELECT [${expressions.map((expression) => `countIf(NOT ifNull(${expression}, 0))`).join(', ')}] AS refused
    FROM ${everywhere(cluster, backupTableOf(labelsLocal))}
    WHERE slc_backup_id = {backup:String}`,
  params: RefusedParams,
  row: z.object({ refused: z.array(z.coerce.number()) }).transform((row) => row.refused),
});
