import { z } from 'zod';
import { statement } from '@/lib/clickhouse/statement';
import { inStretches, StretchesParams } from '@/lib/customers/sql/scope';
import { type Flag, flagBits } from '../../flags';
import { verdictBit, verdictClass } from '../verdicts';
import type { DetectionColumns } from './columns';
import { packedVerdict } from './packed';
import { candidateTable, labelRow, ReadScope, type RowExpressions, truthRow } from './read';
import { sayingOfRow } from './ties';

/**
 * Where the rows are. `oneTruth`: no conversation has truths of two profiles, so each label belongs to the only truth there
 * is. `tied`: each row says in `is_tied` whether another of its key and version says something else.
 */
type Explained = { truths: string; labels: string; columns: DetectionColumns; oneTruth: boolean; tied: boolean };

/** The newest row of all label keys; of equal versions what they say decides, since a merge may move either. */
const newestOfKeys = `bitShiftLeft(toInt128(version), 64)
                 + toInt128(agent + use_case * 3 + end_hour * 5 + customer_profile * 7)`;

const truthsOfCandidates = `SELECT conversation, customer_profile FROM ${candidateTable} WHERE NOT is_label`;

/**
 * Whether a label is compared with this truth: with that of the same customer and profile, or, if these have none,
 * with the newest truth of the conversation.
 */
const belongs = `has_label AND (NOT has_truth OR label_profile = truth_profile OR (
                 (conversation, truth_profile) IN (
                   ${truthsOfCandidates} ORDER BY version DESC, customer_profile DESC LIMIT 1 BY conversation)
                 AND (conversation, label_profile) NOT IN (${truthsOfCandidates})))`;

/** In what a label can differ from its truth. */
const differences: Partial<Record<Flag, string>> = {
  wrongAgent: 'label_agent != truth_agent',
  wrongUseCase: 'label_use_case != truth_use_case',
  wrongEndHour: 'label_end_hour != truth_end_hour',
  wrongCustomer: 'label_profile != truth_profile',
};
const differing = Object.entries(differences)
  .map(([flag, differs]) => `(${differs}) * ${flagBits[flag as Flag]}`)
  .join(' + ');

/** Truth is judged unless it is open or settling; labels without a truth are judged unless the newest is settling. */
const truthClass = `multiIf(is_open, ${verdictClass.open}, is_settling, ${verdictClass.settling}, ${verdictClass.judged})`;
const labelClass = `if(is_settling, ${verdictClass.settling}, ${verdictClass.judged})`;

const flags = `multiIf(class != ${verdictClass.judged}, 0,
                          label_keys = 0, ${flagBits.missing},
                          if(label_keys > 1, ${flagBits.duplicate}, 0)
                            + multiIf(NOT found_truth, ${flagBits.orphan}, least_difference = 0, 0, all_differences))`;

const bits = `if(found_truth, ${verdictBit.truth}, 0) + if(label_keys > 0, ${verdictBit.labels}, 0)
                 + if(if(found_truth, any(truth_is_foreign), all_labels_foreign), 0, ${verdictBit.own})`;

/** The rows of one side that are read, under the names of the row table. The prefix keeps them from being aliases there. */
const rowsOfFew = (row: RowExpressions, key: readonly string[], from: string) => `(
          SELECT *, min(says) OVER same != max(says) OVER same AS is_tied
          FROM (
            SELECT ${Object.keys(row)
              .map((column) => `slc_${column} AS ${column}`)
              .join(', ')}, ${sayingOfRow} AS says
            FROM (
              SELECT ${Object.entries(row)
                .map(([column, expression]) => `${expression} AS slc_${column}`)
                .join(',\n                     ')}
              FROM ${from}))
          WINDOW same AS (PARTITION BY ${['conversation', ...key, 'version'].join(', ')}))`;

function sourcesOfFew(columns: DetectionColumns, stretches: number): Pick<Explained, 'truths' | 'labels'> {
  const { truth, labels } = columns;
  return {
    truths: rowsOfFew(
      truthRow(columns),
      ['customer_profile'],
      `${truth.table}
              WHERE ${inStretches(stretches)} AND NOT (${truth.foreign})`,
    ),
    labels: rowsOfFew(
      labelRow(columns),
      columns.keyColumns,
      `${labels.table}
              WHERE ${inStretches(stretches)} AND ({foreignLabels:UInt8} = 1 OR NOT (${labels.foreign}))`,
    ),
  };
}

/**
 * Explains candidates from the session's own rows. It takes the newest truth of each conversation, customer and
 * profile, and the newest row of each label key, and compares each label with its truth (`belongs`). So two truths
 * under two profiles are two conversations. A label key never repeats here, so rows that are not merged yet are no
 * duplicates. A conversation's flags are the differences of all its labels, unless one of them has none. Agent and
 * use case are those of the truth, or, where there is none, of the newest label.
 *
 * Whole rows are picked by LIMIT BY: argMax of a tuple took eight times as long, arrays of tuples four times. The join
 * is local: one node, nothing distributed. Bounded by the candidates.
 */
const explained = ({ truths, labels, columns, oneTruth, tied }: Explained) => `
    WITH
      truths AS (
        SELECT conversation, customer_profile AS truth_profile, agent AS truth_agent, use_case AS truth_use_case,
               end_hour AS truth_end_hour, day AS truth_day, is_foreign AS truth_is_foreign,
               toUInt8(${truthClass}) AS truth_class, toUInt8(1) AS has_truth${tied ? ', is_tied AS truth_tied' : ''}
        FROM ${truths}
        ORDER BY version DESC
        LIMIT 1 BY conversation, customer_profile),
      labels AS (
        SELECT conversation, customer_profile AS label_profile, agent AS label_agent, use_case AS label_use_case,
               end_hour AS label_end_hour, day AS label_day, is_foreign AS label_is_foreign,
               toUInt8(${labelClass}) AS label_class, ${newestOfKeys} AS label_order, toUInt8(1) AS has_label${tied ? ', is_tied AS label_tied' : ''}
        FROM ${labels}
        ORDER BY version DESC
        LIMIT 1 BY ${['conversation', ...columns.keyColumns].join(', ')}),
      compared AS (
        SELECT *,
               ${oneTruth ? 'has_label' : belongs} AS is_own,
               toUInt8(${differing}) AS difference
        FROM truths
        FULL JOIN labels USING (conversation)),
      judged AS (
        SELECT conversation,
               max(has_truth) AS found_truth,
               countIf(is_own) AS label_keys,
               minIf(difference, is_own) AS least_difference,
               groupBitOrIf(difference, is_own) AS all_differences,
               minIf(label_is_foreign, is_own) AS all_labels_foreign,
               toUInt8(if(found_truth, any(truth_class), argMaxIf(label_class, label_order, is_own))) AS class,
               toUInt8(${flags}) AS flags,
               toUInt8(${bits}) AS bits,
               if(found_truth, any(truth_agent), argMaxIf(label_agent, label_order, is_own)) AS agent,
               if(found_truth, any(truth_use_case), argMaxIf(label_use_case, label_order, is_own)) AS use_case,
               toUInt16(if(found_truth, any(truth_day), minIf(label_day, is_own))) AS day${tied ? ',\n               max(truth_tied OR label_tied) AS is_tied' : ''}
        FROM compared
        GROUP BY conversation, truth_profile)
    SELECT base64Encode(arrayStringConcat(groupArray(${packedVerdict}))) AS verdicts${tied ? ', countIf(is_tied) AS ties' : ''}
    FROM judged`;

const Packed = z.string().transform((verdicts) => Buffer.from(verdicts, 'base64'));

export const selectVerdicts = statement({
  name: 'detection.explain',
  text: (of: Pick<Explained, 'columns' | 'oneTruth'>) =>
    explained({
      ...of,
      truths: `${candidateTable} WHERE NOT is_label`,
      labels: `${candidateTable} WHERE is_label`,
      tied: false,
    }),
  row: z.object({ verdicts: Packed }).transform(({ verdicts }) => verdicts),
});

/**
 * Judges all conversations of few rows from the tables themselves, and says how many of them have ties, of which the
 * verdicts are none. A conversation with truths of two profiles has two verdicts, which are none either.
 */
export const selectVerdictsOfFew = statement({
  name: 'detection.explain_few',
  text: ({ columns, stretches }: { columns: DetectionColumns; stretches: number }) =>
    explained({ ...sourcesOfFew(columns, stretches), columns, oneTruth: true, tied: true }),
  params: ReadScope.omit({ fromMs: true, toMs: true }).extend(StretchesParams.shape),
  row: z.object({ verdicts: Packed, ties: z.coerce.number() }).transform(({ verdicts, ties }) => ({ verdicts, ties })),
});
