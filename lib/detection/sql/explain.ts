import { z } from 'zod';
import { statement } from '@/lib/clickhouse/statement';
import type { DetectionNames } from './columns';
import { candidateTable, rowTable } from './read';

/**
 * One row a judged conversation: `k`, its day `d`, flags `f`, class `s` (0 judged, 1 open, 2 settling), agent `g` and
 * use case `u` of its truth (of its newest label, where it has none), and the bits `b`: 1 has a truth, 2 has labels,
 * 4 belongs to this customer.
 */
export const verdictTable = 'slc_verdicts';

type Source = { names: DetectionNames; source: 'candidates' | 'moved' };

const sources = {
  candidates: candidateTable,
  moved: `(SELECT * FROM ${rowTable} WHERE k IN (SELECT k FROM slc_moved))`,
};

/**
 * Explains candidates from the session's own rows: newest truth per conversation, customer and profile; newest row
 * per label key; each label is held against the truth of its own customer and profile, or, where there is none
 * (flag 64), against the newest truth of its id. NOTE: two truths under two profiles are two conversations.
 * Bounded by the candidates; a label key never repeats here, so unmerged versions are no duplicates.
 */
export const createVerdicts = statement({
  name: 'detection.explain',
  text: ({ names, source }: Source) => `
    CREATE TEMPORARY TABLE ${verdictTable} ENGINE = Memory AS
    WITH
      newest AS (
        SELECT k, toUInt8(0) AS label, argMax((c, g, u, hr, x, d, v), v) AS r
        FROM ${sources[source]}
        WHERE NOT bitTest(x, 0)
        GROUP BY k, c
        UNION ALL
        SELECT k, toUInt8(1) AS label, argMax((c, g, u, hr, x, d, v), v) AS r
        FROM ${sources[source]}
        WHERE bitTest(x, 0)
        GROUP BY ${['k', ...names.keyColumns].join(', ')}),
      sides AS (
        SELECT k,
               arrayReverseSort(t -> (t.7, t.1), groupArrayIf(r, label = 0)) AS truths,
               arrayReverseSort(l -> (l.7, l.1), groupArrayIf(r, label = 1)) AS labels,
               arrayMap(t -> t.1, truths) AS owners
        FROM newest
        GROUP BY k),
      held AS (
        SELECT k, truths, truth,
               if(length(truths) < 2, labels,
                  arrayFilter(l -> l.1 = truth.1 OR (truth.1 = owners[1] AND NOT has(owners, l.1)), labels)) AS own,
               arrayMap(l -> toUInt8(bitOr(bitOr(if(l.2 != truth.2, 1, 0), if(l.3 != truth.3, 2, 0)),
                                           bitOr(if(l.4 != truth.4, 4, 0), if(l.1 != truth.1, 64, 0)))), own) AS wrong,
               if(empty(truths), own[1], truth) AS subject,
               multiIf(empty(truths), if(bitTest(own[1].5, 2), 2, 0),
                       bitTest(truth.5, 1), 1,
                       bitTest(truth.5, 2), 2, 0) AS class
        FROM sides
        LEFT ARRAY JOIN truths AS truth)
    SELECT k,
           toUInt16(if(empty(truths), arrayMin(arrayMap(l -> l.6, own)), truth.6)) AS d,
           toUInt8(multiIf(class != 0, 0,
                           empty(own), 32,
                           bitOr(if(length(own) > 1, 8, 0),
                                 multiIf(empty(truths), 16, has(wrong, 0), 0, arrayReduce('groupBitOr', wrong))))) AS f,
           toUInt8(class) AS s,
           subject.2 AS g,
           subject.3 AS u,
           toUInt8(if(empty(truths), 0, 1) + if(empty(own), 0, 2)
                   + if(if(empty(truths), arrayAll(l -> bitTest(l.5, 3), own), bitTest(truth.5, 3)), 0, 4)) AS b
    FROM held`,
  params: z.object({}),
  row: z.never(),
});

/** How many conversations of each day came to what. */
export const selectVerdictCounts = statement({
  name: 'detection.verdict_counts',
  text: `
    SELECT d, f, s, b, count() AS conversations
    FROM ${verdictTable}
    WHERE bitTest(b, 2)
    GROUP BY d, f, s, b`,
  params: z.object({}),
  row: z
    .object({ d: z.number(), f: z.number(), s: z.number(), b: z.number(), conversations: z.coerce.number() })
    .transform((row) => ({ day: row.d, flags: row.f, class: row.s, bits: row.b, conversations: row.conversations })),
});

/** Affected conversations of each day by agent and by use case, as hashes; bounded by days x (agents + use cases). */
export const selectBreakdowns = statement({
  name: 'detection.breakdowns',
  text: `
    SELECT d, by, key, count() AS affected, countIf(bitAnd(f, 71) != 0) AS stale, countIf(bitTest(f, 3)) AS duplicates
    FROM ${verdictTable}
    ARRAY JOIN ['agent', 'useCase'] AS by, [g, u] AS key
    WHERE bitTest(b, 2) AND f != 0
    GROUP BY d, by, key`,
  params: z.object({}),
  row: z
    .object({
      d: z.number(),
      by: z.enum(['agent', 'useCase']),
      key: z.string(),
      affected: z.coerce.number(),
      stale: z.coerce.number(),
      duplicates: z.coerce.number(),
    })
    .transform(({ d, ...row }) => ({ ...row, day: d })),
});

/** Every verdict as 29 bytes (k, g, u as UInt64, d as UInt16, f, s, b), base64: as JSON rows they would cost ten times. */
export const selectVerdicts = statement({
  name: 'detection.verdicts',
  text: `
    SELECT base64Encode(arrayStringConcat(groupArray(concat(
             reinterpretAsFixedString(k), reinterpretAsFixedString(g), reinterpretAsFixedString(u),
             reinterpretAsFixedString(d), reinterpretAsFixedString(f), reinterpretAsFixedString(s),
             reinterpretAsFixedString(b))))) AS verdicts
    FROM ${verdictTable}`,
  params: z.object({}),
  row: z.object({ verdicts: z.string() }),
});
