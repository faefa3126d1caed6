import { z } from 'zod';
import { statement } from '@/lib/clickhouse/statement';
import type { DetectionNames } from './columns';
import { candidateTable } from './read';

/** The verdict's parts as bytes, in the order that `verdicts.ts` reads them. */
const packed = ['k', 'agent', 'use_case', 'day', 'flags', 'class', 'bits']
  .map((part) => `reinterpretAsFixedString(${part})`)
  .join(', ');

/** `oneTruth`: no candidate has truths of two owners, so that every label belongs to the only one there is. */
type Explained = { names: DetectionNames; oneTruth: boolean };

/** Labels of different keys and equal versions: what they say decides, since a merge may move either. */
const amongKeys = 'bitShiftLeft(toInt128(v), 64) + toInt128(g + u * 3 + hr * 5 + c * 7)';

/** Whether a label is held against this truth: its owner's, or the newest where its owner has none. */
const belongs = `has_label AND (NOT has_truth OR lc = tc OR (
                 (k, tc) IN (SELECT k, c FROM ${candidateTable} WHERE NOT bitTest(x, 0) ORDER BY v DESC, c DESC LIMIT 1 BY k)
                 AND (k, lc) NOT IN (SELECT k, c FROM ${candidateTable} WHERE NOT bitTest(x, 0))))`;

/**
 * Explains candidates from the session's own rows: newest truth per conversation, customer and profile; newest row
 * per label key; each label is held against the truth of its own customer and profile, or, where there is none
 * (flag 64), against the newest truth of its id. NOTE: two truths under two profiles are two conversations.
 * A label key never repeats here, so unmerged versions are no duplicates. Whole rows are picked by LIMIT BY: argMax of
 * a tuple took eight times as long, arrays of tuples four times. The join is local: one node, nothing distributed.
 *
 * The answer is every verdict in 29 bytes, base64: k, agent and use case of the truth (of the newest label, where it
 * has none) as UInt64, day as UInt16, then flags, class (0 judged, 1 open, 2 settling) and bits (1 has a truth, 2 has
 * labels, 4 belongs to this customer). As JSON rows they would cost ten times. Bounded by the candidates.
 */
export const selectVerdicts = statement({
  name: 'detection.explain',
  text: ({ names, oneTruth }: Explained) => `
    WITH
      truths AS (
        SELECT k, c AS tc, g AS tg, u AS tu, hr AS thr, x AS tx, d AS td, toUInt8(1) AS has_truth
        FROM ${candidateTable}
        WHERE NOT bitTest(x, 0)
        ORDER BY v DESC
        LIMIT 1 BY k, c),
      labels AS (
        SELECT k, c AS lc, g AS lg, u AS lu, hr AS lhr, x AS lx, d AS ld, ${amongKeys} AS lv, toUInt8(1) AS has_label
        FROM ${candidateTable}
        WHERE bitTest(x, 0)
        ORDER BY v DESC
        LIMIT 1 BY ${['k', ...names.keyColumns].join(', ')}),
      held AS (
        SELECT *,
               ${oneTruth ? 'has_label' : belongs} AS own,
               toUInt8((lg != tg) + (lu != tu) * 2 + (lhr != thr) * 4 + (lc != tc) * 64) AS wrong
        FROM truths
        FULL JOIN labels USING (k)),
      judged AS (
        SELECT k, max(has_truth) AS has, countIf(own) AS keys, any(tx) AS truth_bits, argMaxIf(lx, lv, own) AS label_bits,
               minIf(wrong, own) AS least_wrong, groupBitOrIf(wrong, own) AS all_wrong,
               minIf(bitTest(lx, 3), own) AS all_foreign,
               toUInt8(if(has, if(bitTest(truth_bits, 1), 1, if(bitTest(truth_bits, 2), 2, 0)),
                          if(bitTest(label_bits, 2), 2, 0))) AS class,
               toUInt8(multiIf(class != 0, 0,
                               keys = 0, 32,
                               if(keys > 1, 8, 0) + multiIf(NOT has, 16, least_wrong = 0, 0, all_wrong))) AS flags,
               toUInt8(has + if(keys > 0, 2, 0) + if(if(has, bitTest(truth_bits, 3), all_foreign), 0, 4)) AS bits,
               if(has, any(tg), argMaxIf(lg, lv, own)) AS agent,
               if(has, any(tu), argMaxIf(lu, lv, own)) AS use_case,
               toUInt16(if(has, any(td), minIf(ld, own))) AS day
        FROM held
        GROUP BY k, tc)
    SELECT base64Encode(arrayStringConcat(groupArray(concat(${packed})))) AS verdicts
    FROM judged`,
  params: z.object({}),
  row: z.object({ verdicts: z.string() }),
});
