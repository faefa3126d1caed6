import { z } from 'zod';
import { statement } from '@/lib/clickhouse/statement';
import {
  inCustomerRange,
  inRange,
  inScope,
  ofProfiles,
  RangesParams,
  rangeOfStart,
  ScopeParams,
  startsFrom,
  startsInAny,
} from '@/lib/customers/sql/scope';
import type { DetectionColumns, SideColumns } from '@/lib/detection/judge/sql/columns';

/** What the statements below name: from config and the catalogue only. */
export type RepairIdentifiers = Pick<DetectionColumns, 'truth' | 'labels' | 'labelKey'>;

const DayParams = ScopeParams.extend({ timeZone: z.string() });
/** The units of a scope; `slc_at` is where the unit of a row begins. */
export const UnitParams = ScopeParams.extend(RangesParams.shape);
export const atOf = (side: SideColumns) => `${rangeOfStart(side.startMs)} AS slc_at`;
export const inUnits = (side: SideColumns) => `${inScope}
      AND ${startsInAny(side.startMs)}`;
/** The ranges that the checked days change. */
const ChangedParams = DayParams.extend(RangesParams.shape);
const isChanged = (side: SideColumns) => startsInAny(side.startMs);
/** And those that the whole run changes. */
const executed = { begins: '{executedBegins:Array(Int64)}', bounds: '{executedBounds:Array(Int64)}' };
const date = 'toDate(conversation_start_time, {timeZone:String})';
const day = `toString(${date})`;
const conversationHash = 'cityHash64(customer_id, profile_id, conversation_id)';

export const Count = z.union([z.number(), z.string()]).transform(Number);

/** The parts of the label table that hold a unit's rows; bounded by the range, one row a unit and part. */
export const selectUnitParts = statement({
  name: 'backfill.unit_parts',
  text: ({ labels }: RepairIdentifiers) => `
    SELECT ${atOf(labels)}, groupUniqArray(1000)(_part) AS parts
    FROM ${labels.table}
    WHERE ${inUnits(labels)}
    GROUP BY slc_at`,
  params: UnitParams,
  row: z
    .object({ slc_at: Count, parts: z.array(z.string()) })
    .transform(({ slc_at, parts }) => ({ at: slc_at, parts })),
});

/** Label rows of each local day of the range, and the parts that hold them; bounded by the range. */
export const selectLabelDays = statement({
  name: 'backfill.label_days',
  text: ({ labels }: RepairIdentifiers) => `
    SELECT ${day} AS day, count() AS label_rows, groupUniqArray(1000)(_part) AS parts
    FROM ${labels.table}
    WHERE ${inScope}
    GROUP BY day`,
  params: DayParams,
  row: z
    .object({ day: z.string(), label_rows: Count, parts: z.array(z.string()) })
    .transform((row) => ({ day: row.day, labelRows: row.label_rows, parts: row.parts })),
});

/** First and last start, on either side, of conversations of the range; at most 2,500 ids. */
export const selectStartsOf = statement({
  name: 'backfill.starts_of',
  text: ({ truth, labels }: RepairIdentifiers) => `
    SELECT min(start_ms) AS first_ms, max(start_ms) AS last_ms
    FROM (
      ${[truth, labels]
        .map(
          (side) => `
      SELECT ${side.startMs} AS start_ms
      FROM ${side.table}
      WHERE ${inScope}
        AND conversation_id IN {ids:Array(String)}`,
        )
        .join('\n      UNION ALL')}
    )`,
  params: ScopeParams.extend({ ids: z.array(z.string()).min(1) }),
  row: z
    .object({ first_ms: Count, last_ms: Count })
    .transform((row) => ({ firstMs: row.first_ms, lastMs: row.last_ms })),
});

/** Labelled conversations of a unit whose newest truth is still open: a delete takes labels no relabel brings back. */
export const selectOpenLabels = statement({
  name: 'backfill.open_labels',
  text: ({ truth, labels }: RepairIdentifiers) => `
    SELECT ${atOf(labels)}, uniqExact(conversation_id) AS conversations
    FROM ${labels.table}
    WHERE ${inUnits(labels)}
      AND (slc_at, conversation_id) GLOBAL IN (
        SELECT ${atOf(truth)}, conversation_id
        FROM ${truth.table}
        WHERE ${inUnits(truth)}
        GROUP BY slc_at, customer_id, profile_id, conversation_id
        HAVING argMax(${truth.endMs}, ${truth.order}) = 0
      )
    GROUP BY slc_at`,
  params: UnitParams,
  row: z
    .object({ slc_at: Count, conversations: Count })
    .transform((row) => ({ at: row.slc_at, conversations: row.conversations })),
});

/**
 * First and last end of the range's closed conversations, and how many closed ones that start outside of it end
 * between them. Bounded by the customer's truth from two days before the range on.
 */
export const selectEndRange = statement({
  name: 'backfill.end_range',
  text: ({ truth }: RepairIdentifiers) => `
    WITH ends AS (
      SELECT
        argMax((${inRange}, ${truth.endMs}), ${truth.order}) AS newest,
        newest.1 AS inside,
        newest.2 AS end_ms
      FROM ${truth.table}
      WHERE ${ofProfiles}
        AND ${startsFrom('{fromMs:Int64} - 172800000')}
      GROUP BY customer_id, profile_id, conversation_id
      HAVING end_ms != 0
    )
    SELECT countIf(inside) AS closed, minIf(end_ms, inside) AS first_ms, maxIf(end_ms, inside) AS last_ms,
      countIf(NOT inside AND end_ms >= (SELECT minIf(end_ms, inside) FROM ends)
        AND end_ms <= (SELECT maxIf(end_ms, inside) FROM ends)) AS others
    FROM ends`,
  params: ScopeParams,
  row: z
    .object({ closed: Count, first_ms: Count, last_ms: Count, others: Count })
    .transform((row) => ({ closed: row.closed, firstMs: row.first_ms, lastMs: row.last_ms, others: row.others })),
});

/** Profiles of the customer that hold rows in the range and are not registered; the cron would relabel them too. */
export const selectUnknownProfiles = statement({
  name: 'backfill.unknown_profiles',
  text: ({ truth, labels }: RepairIdentifiers) => `
    SELECT DISTINCT profile AS profile_id
    FROM (
      SELECT ${truth.profileText} AS profile FROM ${truth.table}
      WHERE ${inCustomerRange} AND profile NOT IN {profiles:Array(String)}
      UNION ALL
      SELECT ${labels.profileText} AS profile FROM ${labels.table}
      WHERE ${inCustomerRange} AND profile NOT IN {profiles:Array(String)}
    )
    LIMIT 20`,
  params: ScopeParams,
  row: z.object({ profile_id: z.string() }).transform(({ profile_id }) => profile_id),
});

/**
 * Conversations of the changed ranges whose label and truth start on different sides of their edges, inside the
 * range. Reads both sides of the range once, ids as hashes, some 30 bytes of memory each.
 */
export const countCrossingInside = statement({
  name: 'backfill.crossing_inside',
  text: ({ truth, labels }: RepairIdentifiers) => `
    SELECT countIf(crosses) AS crossing, countIf(t != l AND some_changed) AS one_sided,
      if(crossing = 0, '', toString(minIf(first, crosses))) AS first_day,
      if(crossing = 0, '', toString(maxIf(last, crosses))) AS last_day
    FROM (
      SELECT k, min(d) AS first, max(d) AS last, max(is_truth) AS t, max(1 - is_truth) AS l,
        max(changed) AS some_changed, some_changed AND NOT min(changed) AS crosses
      FROM (
        SELECT ${conversationHash} AS k, 1 AS is_truth, ${date} AS d, ${isChanged(truth)} AS changed
        FROM ${truth.table}
        WHERE ${inScope}
        UNION ALL
        SELECT ${conversationHash} AS k, 0 AS is_truth, ${date} AS d, ${isChanged(labels)} AS changed
        FROM ${labels.table}
        WHERE ${inScope}
      )
      GROUP BY k
    )`,
  params: ChangedParams,
  row: z
    .object({ crossing: Count, one_sided: Count, first_day: z.string(), last_day: z.string() })
    .transform((row) => ({
      crossing: row.crossing,
      oneSided: row.one_sided,
      firstDay: row.first_day,
      lastDay: row.last_day,
    })),
});

/**
 * The same across the range's own edge: ids seen on one side only, looked up on the other side without time bound.
 * Costs a read of the customer's ids, so it is asked only where `countCrossingInside` found one-sided ones.
 */
export const countCrossingOutside = statement({
  name: 'backfill.crossing_outside',
  text: ({ truth, labels }: RepairIdentifiers) => {
    const ids = (side: SideColumns) => `
          SELECT ${conversationHash}
          FROM ${side.table}
          WHERE ${inScope}
            AND ${isChanged(side)}`;
    const outside = (side: SideColumns, other: SideColumns) => `
        SELECT ${conversationHash} AS k, ${day} AS d
        FROM ${side.table}
        WHERE ${ofProfiles}
          AND NOT (${inRange})
          AND NOT (${startsInAny(side.startMs, executed)})
          AND k GLOBAL IN (${ids(other)})
          AND k GLOBAL NOT IN (${ids(side)})`;
    return `
    SELECT uniqExact(k) AS crossing, min(d) AS first_day, max(d) AS last_day
    FROM (${outside(truth, labels)}
        UNION ALL${outside(labels, truth)}
    )`;
  },
  params: ChangedParams.extend({
    executedBegins: z.array(z.number().int()).min(1),
    executedBounds: z.array(z.number().int()),
  }),
  row: z
    .object({ crossing: Count, first_day: z.string(), last_day: z.string() })
    .transform((row) => ({ crossing: row.crossing, firstDay: row.first_day, lastDay: row.last_day })),
});
