import { z } from 'zod';
import { statement } from '@/lib/clickhouse/statement';
import type { DetectionNames } from './columns';
import { candidateTable, rowTable } from './read';

type Source = { names: DetectionNames; source: 'candidates' | 'moved' };

const sources = {
  candidates: candidateTable,
  moved: `(SELECT * FROM ${rowTable} WHERE k IN (SELECT k FROM slc_moved))`,
};

/**
 * Explains candidates from the session's own rows: newest truth per conversation, customer and profile; newest row
 * per label key; each label is held against the truth of its own customer and profile, or, where there is none
 * (flag 64), against the newest truth of its id. NOTE: two truths under two profiles are two conversations.
 * A label key never repeats here, so unmerged versions are no duplicates.
 *
 * The answer is every verdict in 29 bytes, base64, as `verdicts.ts` reads them: k, agent and use case of the truth (of
 * the newest label, where it has none) as UInt64, day as UInt16, then flags, class (0 judged, 1 open, 2 settling) and
 * bits (1 has a truth, 2 has labels, 4 belongs to this customer). As JSON rows they would cost ten times. Bounded by
 * the candidates.
 */
export const selectVerdicts = statement({
  name: 'detection.explain',
  text: ({ names, source }: Source) => `
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
    SELECT base64Encode(arrayStringConcat(groupArray(concat(
             reinterpretAsFixedString(k),
             reinterpretAsFixedString(subject.2),
             reinterpretAsFixedString(subject.3),
             reinterpretAsFixedString(toUInt16(if(empty(truths), arrayMin(arrayMap(l -> l.6, own)), truth.6))),
             reinterpretAsFixedString(toUInt8(
               multiIf(class != 0, 0,
                       empty(own), 32,
                       bitOr(if(length(own) > 1, 8, 0),
                             multiIf(empty(truths), 16, has(wrong, 0), 0, arrayReduce('groupBitOr', wrong)))))),
             reinterpretAsFixedString(toUInt8(class)),
             reinterpretAsFixedString(toUInt8(
               if(empty(truths), 0, 1) + if(empty(own), 0, 2)
               + if(if(empty(truths), arrayAll(l -> bitTest(l.5, 3), own), bitTest(truth.5, 3)), 0, 4))))))) AS verdicts
    FROM held`,
  params: z.object({}),
  row: z.object({ verdicts: z.string() }),
});
