import { z } from 'zod';
import { pgStatement } from '@/lib/postgres/statement';
import { findingStates, openStates } from '../history/model';
import { FactColumns, factColumns, factsOf } from '../history/sql/findings';
import { type FindingSummary, findingSorts } from '../model';

const instant = z.date().transform((at) => at.getTime());

const seenAt = `CASE WHEN f.state = ANY ('{${openStates.join(',')}}') AND f.day >= w.from_day AND f.day < w.to_day
         THEN greatest(f.last_seen_at, w.checked_at) ELSE f.last_seen_at END`;

/**
 * A finding with its customer and what people wrote on it. Where nothing had changed on its day, an open one was seen
 * when that was found out.
 */
export const summaryColumns = `${factColumns}, c.display_name, c.time_zone, f.owner, f.note,
    ${seenAt} AS seen_at,
    CASE WHEN f.muted_until > :now THEN f.muted_until END AS muted_until,
    CASE WHEN f.muted_until > :now THEN f.mute_reason END AS mute_reason,
    CASE WHEN f.muted_until > :now THEN f.muted_by END AS muted_by`;

export const summaryTables = `
    FROM findings f
    JOIN customers c ON c.id = f.customer_id
    LEFT JOIN watched_customers w ON w.customer_id = f.customer_id`;

export const SummaryRow = FactColumns.extend({
  display_name: z.string(),
  time_zone: z.string(),
  seen_at: instant,
  muted_until: instant.nullable(),
  mute_reason: z.string().nullable(),
  muted_by: z.string().nullable(),
  owner: z.string().nullable(),
  note: z.string().nullable(),
}).transform(
  (row): FindingSummary => ({
    ...factsOf(row),
    lastSeenAtMs: row.seen_at,
    displayName: row.display_name,
    timeZone: row.time_zone,
    mutedUntilMs: row.muted_until,
    muteReason: row.mute_reason,
    mutedBy: row.muted_by,
    owner: row.owner,
    note: row.note,
  }),
);

const Filter = z.object({
  customerId: z.string().nullable(),
  day: z.string().nullable(),
  flag: z.string().nullable(),
  muted: z.boolean().nullable(),
  owner: z.string().nullable(),
  search: z.string().nullable(),
  now: z.date(),
});

/** Retired customers only where one asks for them. The flag filters by what is wrong now, or, of one that is not wrong any more, by what was. */
const filtered = `
      (f.customer_id = :customerId OR :customerId::text IS NULL AND c.state <> 'retired')
      AND (:day::date IS NULL OR f.day = :day)
      AND (:flag::text IS NULL
        OR (CASE WHEN f.affected > 0 THEN f.flags ELSE f.worst_flags END ->> :flag)::bigint > 0)
      AND (:muted::boolean IS NULL OR coalesce(f.muted_until > :now, false) = :muted)
      AND (:owner::text IS NULL OR coalesce(f.owner, '') = :owner)
      AND (:search::text IS NULL OR position(lower(:search) IN lower(
        concat_ws(' ', f.customer_id, c.display_name, f.day, f.owner, f.note, f.mute_reason))) > 0)`;

/** One page, sorted by one column and then by day and customer. Bounded by the findings that are kept. */
export const selectFindings = pgStatement({
  name: 'findings.select',
  text: `
    SELECT ${summaryColumns}
    ${summaryTables}
    WHERE ${filtered}
      AND f.state = ANY(:states::text[])
    ORDER BY
      CASE :sort::text
        WHEN 'first seen' THEN extract(epoch FROM f.first_seen_at)
        WHEN 'last seen' THEN extract(epoch FROM ${seenAt})
        WHEN 'day' THEN f.day - '1970-01-01'::date
        WHEN 'affected' THEN f.affected
        WHEN 'wrong for' THEN f.wrong_ms / 1000.0 + coalesce(extract(epoch FROM :now - f.wrong_since), 0)
      END * :direction::integer,
      CASE WHEN :sort = 'customer' AND :direction::integer > 0 THEN lower(c.display_name) END,
      CASE WHEN :sort = 'customer' AND :direction::integer < 0 THEN lower(c.display_name) END DESC,
      f.day DESC, f.customer_id, f.id
    LIMIT :rowsMax OFFSET :offset`,
  params: Filter.extend({
    states: z.array(z.string()),
    sort: z.enum(findingSorts),
    direction: z.union([z.literal(1), z.literal(-1)]),
    rowsMax: z.number(),
    offset: z.number(),
  }),
  row: SummaryRow,
});

/** Those after one of them, in order of their ids, for a file of any length. */
export const selectFindingsAfter = pgStatement({
  name: 'findings.select_after',
  text: `
    SELECT ${summaryColumns}
    ${summaryTables}
    WHERE ${filtered}
      AND f.state = ANY(:states::text[])
      AND (:afterId::uuid IS NULL OR f.id > :afterId::uuid)
    ORDER BY f.id
    LIMIT :rowsMax`,
  params: Filter.extend({ states: z.array(z.string()), afterId: z.string().nullable(), rowsMax: z.number() }),
  row: SummaryRow,
});

/** How many findings of each state the filter has, and how many of them are muted. */
export const countFiltered = pgStatement({
  name: 'findings.count_filtered',
  text: `
    SELECT f.state, count(*) AS findings, count(*) FILTER (WHERE f.muted_until > :now) AS muted
    FROM findings f
    JOIN customers c ON c.id = f.customer_id
    WHERE ${filtered}
    GROUP BY f.state`,
  params: Filter,
  row: z.object({ state: z.enum(findingStates), findings: z.number(), muted: z.number() }),
});

export const selectOwners = pgStatement({
  name: 'findings.select_owners',
  text: 'SELECT DISTINCT owner FROM findings WHERE owner IS NOT NULL ORDER BY owner LIMIT 200',
  row: z.object({ owner: z.string() }).transform(({ owner }) => owner),
});

/** Moves with every change that lists show, and when findings or misses aged out; a few lookups. */
export const selectFindingsRevision = pgStatement({
  name: 'findings.select_revision',
  text: `
    SELECT greatest(coalesce(max(revision), 0), (SELECT max(revision) FROM misses)) AS revision,
      (SELECT count(*) FROM findings WHERE muted_until > :now) AS muted,
      coalesce((SELECT sum(removed_total) FROM retention_rounds WHERE name IN ('findings', 'misses')), 0)::bigint AS removed
    FROM findings`,
  params: z.object({ now: z.date() }),
  row: z
    .object({ revision: z.number(), muted: z.number(), removed: z.number() })
    .transform(({ revision, muted, removed }) => `${revision}.${muted}.${removed}`),
});
