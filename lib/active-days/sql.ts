import { z } from 'zod';
import { statement } from '@/lib/clickhouse/statement';
import { startsBetween } from '@/lib/customers/sql/scope';
import type { SideColumns } from '@/lib/detection/judge/sql/columns';
import { pgStatement } from '@/lib/postgres/statement';
import { SnapshotRow } from './model';

/** `fromMs` and `toMs` are the ranges, pair by pair. */
const RangesParams = z.object({
  customer: z.string(),
  fromMs: z.array(z.number().int()),
  toMs: z.array(z.number().int()),
  timeZone: z.string(),
});

const AgentRow = z
  .object({ agent: z.string(), use_case: z.string(), all_use_cases: z.coerce.number(), days: z.coerce.number() })
  .transform(
    (row): SnapshotRow => ({
      agent: row.agent,
      useCase: row.all_use_cases === 1 ? null : row.use_case,
      days: row.days,
    }),
  );

/** NOTE: each range is written out, so that the index reads only the rows in it. */
const inRanges = (ranges: number) =>
  `customer_id = {customer:String} AND (${Array.from({ length: ranges }, (_, at) =>
    startsBetween(`{fromMs:Array(Int64)}[${at + 1}]`, `{toMs:Array(Int64)}[${at + 1}]`),
  ).join(' OR ')})`;

const perAgent = `
    SELECT
      newest.1 AS agent,
      newest.2 AS use_case,
      grouping(use_case) AS all_use_cases,`;

type LabelIdentifiers = { labels: SideColumns; key: string[]; ranges: number };
type TruthIdentifiers = { truth: SideColumns; ranges: number };

/**
 * The newest row of each label key, grouped by the catalogue's own key expressions, because FINAL only merges rows within
 * a shard. Nothing in argMax may be NULL, since it would be skipped.
 */
const newestLabels = ({ labels, key, ranges }: LabelIdentifiers) => `
    FROM (
      SELECT argMax(
        (${labels.agentText}, ${labels.useCaseText}, conversation_start_time),
        ${labels.order}
      ) AS newest
      FROM ${labels.table}
      WHERE ${inRanges(ranges)}
      GROUP BY ${key.join(', ')}
    )
    WHERE agent != ''`;

/** The newest version of each conversation. */
const newestTruth = ({ truth, ranges }: TruthIdentifiers) => `
    FROM (
      SELECT argMax(
        (${truth.agentText}, ${truth.useCaseText}, conversation_start_time, ${truth.endMs}),
        ${truth.order}
      ) AS newest
      FROM ${truth.table}
      WHERE ${inRanges(ranges)}
      GROUP BY conversation_id, customer_id, profile_id
    )
    WHERE agent != ''`;

const day = 'toDate(newest.3, {timeZone:String})';

/**
 * The days with a label per agent, for all use cases together and for each. One pass over the scope's labels; its
 * memory is bounded by spilling to disk.
 */
export const selectLabelDays = statement<typeof RangesParams, typeof AgentRow, LabelIdentifiers>({
  name: 'active_days.select_label_days',
  text: (of) => `${perAgent}
      uniqExact(${day}) AS days${newestLabels(of)}
    GROUP BY GROUPING SETS ((agent), (agent, use_case))`,
  params: RangesParams,
  row: AgentRow,
});

/**
 * The days of closed truth per agent, for all use cases together and for each. An agent with only open conversations
 * has 0. One pass over the scope's truth.
 */
export const selectTruthDays = statement<typeof RangesParams, typeof AgentRow, TruthIdentifiers>({
  name: 'active_days.select_truth_days',
  text: (of) => `${perAgent}
      uniqExactIf(${day}, newest.4 != 0) AS days${newestTruth(of)}
    GROUP BY GROUPING SETS ((agent), (agent, use_case))`,
  params: RangesParams,
  row: AgentRow,
});

const DaysRow = z.object({ agent: z.string(), days: z.array(z.string()) });

/** Which days each agent has a label on. One pass over the scope's labels. */
export const listLabelDays = statement<typeof RangesParams, typeof DaysRow, LabelIdentifiers>({
  name: 'active_days.list_label_days',
  text: (of) => `
    SELECT newest.1 AS agent, arraySort(groupUniqArray(${day})) AS days${newestLabels(of)}
    GROUP BY agent`,
  params: RangesParams,
  row: DaysRow,
});

/** Which days each agent has closed truth on; none for an agent with only open truth. One pass over the scope's truth. */
export const listTruthDays = statement<typeof RangesParams, typeof DaysRow, TruthIdentifiers>({
  name: 'active_days.list_truth_days',
  text: (of) => `
    SELECT newest.1 AS agent, arraySort(groupUniqArrayIf(${day}, newest.4 != 0)) AS days${newestTruth(of)}
    GROUP BY agent`,
  params: RangesParams,
  row: DaysRow,
});

const SnapshotParams = z.object({
  runId: z.string(),
  phase: z.string(),
  takenAtMs: z.number(),
  fromDay: z.string(),
  toDay: z.string(),
  rows: z.string(),
});

/** Keeps the first snapshot before a repair: a step that runs again must not store what the repair already changed. */
export const insertFirstSnapshot = pgStatement({
  name: 'active_days.insert_first_snapshot',
  text: `
    INSERT INTO active_days_snapshots (run_id, phase, taken_at, from_day, to_day, rows)
    VALUES (:runId, :phase, to_timestamp(:takenAtMs::float8 / 1000), :fromDay, :toDay, :rows)
    ON CONFLICT (run_id, phase) DO NOTHING`,
  params: SnapshotParams,
  row: z.never(),
});

/** The expected days and the days after the repair are replaced by newer ones. */
export const upsertSnapshot = pgStatement({
  name: 'active_days.upsert_snapshot',
  text: `
    INSERT INTO active_days_snapshots (run_id, phase, taken_at, from_day, to_day, rows)
    VALUES (:runId, :phase, to_timestamp(:takenAtMs::float8 / 1000), :fromDay, :toDay, :rows)
    ON CONFLICT (run_id, phase) DO UPDATE
    SET taken_at = excluded.taken_at, from_day = excluded.from_day, to_day = excluded.to_day, rows = excluded.rows`,
  params: SnapshotParams,
  row: z.never(),
});

/** A run's range and its snapshots: one row for each phase, or one row with a NULL phase when there is none yet. */
export const selectSnapshots = pgStatement({
  name: 'active_days.select_snapshots',
  text: `
    SELECT r.customer_id, r.from_day, r.to_day, s.phase, s.taken_at, s.rows
    FROM backfill_runs r
    LEFT JOIN active_days_snapshots s ON s.run_id = r.id
    WHERE r.id = :runId`,
  params: z.object({ runId: z.string() }),
  row: z
    .object({
      customer_id: z.string(),
      from_day: z.string(),
      to_day: z.string(),
      phase: z.enum(['before', 'expected', 'after']).nullable(),
      taken_at: z.date().nullable(),
      rows: z.array(SnapshotRow).nullable(),
    })
    .transform((row) => ({
      customerId: row.customer_id,
      fromDay: row.from_day,
      toDay: row.to_day,
      phase: row.phase,
      takenAtMs: row.taken_at?.getTime() ?? null,
      rows: row.rows,
    })),
});
