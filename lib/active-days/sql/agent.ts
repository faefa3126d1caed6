import { z } from 'zod';
import { statement } from '@/lib/clickhouse/statement';
import { CustomerRangeParams, inCustomerRange } from '@/lib/customers/sql/scope';
import type { SideColumns } from '@/lib/detection/judge/sql/columns';
import { isSettling } from '@/lib/detection/judge/sql/read';
import type { Deciding, DecidingRow } from '../agent-days-model';

type Identifiers = { truth: SideColumns; labels: SideColumns; key: string[] };

/** What a row says, in this order. The day is in days since 1970. */
const fields = ['id', 'profile', 'agent', 'use_case', 'day', 'start_ms', 'end_ms', 'changed_ms', 'settling'] as const;
const of = (row: string, field: (typeof fields)[number]) => `${row}.${fields.indexOf(field) + 1}`;

const newest = (side: SideColumns) => `argMax((
          ${side.idText}, ${side.profileText}, ${side.agentText}, ${side.useCaseText}, ${side.day},
          toInt64(${side.startMs}), toInt64(${side.endMs}), toInt64(intDiv(${side.version}, ${side.versionPerMs})),
          toUInt8(${isSettling(side)})), ${side.order}) AS slc_row`;

const idsOf = (side: SideColumns) => `
        SELECT ${side.conversation} AS slc_id
        FROM ${side.table}
        WHERE ${inCustomerRange} AND ${side.agentText} = {agent:String}`;

const isAgents = (row: string) => `(${of(row, 'agent')} = {agent:String})`;
const counts = (row: string) =>
  `(${isAgents(row)} AND ({useCase:Nullable(String)} IS NULL OR ${of(row, 'use_case')} = {useCase:Nullable(String)}))`;
const isOpen = (row: string) => `(${of(row, 'end_ms')} = 0)`;
const isJudged = (row: string) => `(NOT ${isOpen(row)} AND ${of(row, 'settling')} = 0)`;
const sameProfile = (one: string, other: string) => `(${of(one, 'profile')} = ${of(other, 'profile')})`;

/** The truth that a label belongs to: that of its profile, else the newest of the conversation; as an array of one. */
const homeOf = (label: string) => `arraySlice(
          if(arrayExists(t -> ${sameProfile('t', label)}, truths), arrayFilter(t -> ${sameProfile('t', label)}, truths), truths), 1, 1)`;

/** One entry for each conversation and day on which a row of either side, whatever its use case, is the agent's. */
const conversationDays = ({ truth, labels, key }: Identifiers) => `
      SELECT id, truths, labels,
             arrayJoin(arrayDistinct(arrayMap(r -> ${of('r', 'day')}, arrayFilter(r -> ${isAgents('r')}, arrayConcat(truths, labels))))) AS day,
             arrayFilter(t -> ${counts('t')} AND ${of('t', 'day')} = day AND NOT ${isOpen('t')}, truths) AS closed,
             arrayFilter(l -> ${counts('l')} AND ${of('l', 'day')} = day, labels) AS own
      FROM (
        SELECT ${of('slc_row', 'id')} AS id,
               arrayReverseSort(r -> ${of('r', 'changed_ms')}, groupArrayIf(slc_row, NOT is_label)) AS truths,
               arrayReverseSort(r -> ${of('r', 'changed_ms')}, groupArrayIf(slc_row, is_label)) AS labels
        FROM (
          SELECT 0 AS is_label, ${newest(truth)}
          FROM ${truth.table}
          WHERE ${inCustomerRange} AND ${truth.conversation} GLOBAL IN (SELECT arrayJoin(slc_ids))
          GROUP BY conversation_id, customer_id, profile_id
          UNION ALL
          SELECT 1 AS is_label, ${newest(labels)}
          FROM ${labels.table}
          WHERE ${inCustomerRange} AND ${labels.conversation} GLOBAL IN (SELECT arrayJoin(slc_ids))
          GROUP BY ${key.join(', ')})
        GROUP BY id)`;

const ms = z.coerce.number();
const Row = z.tuple([z.string(), z.string(), z.string(), z.string(), z.number(), ms, ms, ms, z.number()]).transform(
  ([, , agent, useCase, , startAtMs, endAtMs, updatedAtMs]): DecidingRow => ({
    agent,
    useCase,
    startAtMs,
    endAtMs,
    updatedAtMs,
  }),
);

const DecidingTuple = z.tuple([z.number(), ms, z.string(), z.array(Row), z.array(Row), z.coerce.number()]).transform(
  ([unjudged, , conversationId, truths, labels, labelKeys]): Deciding => ({
    conversationId,
    judged: unjudged === 0,
    truth: truths[0] ?? null,
    label: labels[0] ?? null,
    labelKeys,
  }),
);

const count = z.coerce.number();

/**
 * Each day on which the agent has rows: what truth and labels say of it, and the conversations that decide it, judged
 * ones first. Days are those of the newest rows within the range, exactly as the numbers count them. Reads the agent's
 * column of the range, then the rows of the conversations in which the agent occurs: 0.5 s for 30 days of 170,000
 * conversations on two cores.
 */
export const selectAgentDays = statement({
  name: 'active_days.select_agent_days',
  text: (sides: Identifiers) => `
    WITH (
      SELECT groupUniqArray(slc_id)
      FROM (${idsOf(sides.truth)}
        UNION ALL${idsOf(sides.labels)})
    ) AS slc_ids
    SELECT day,
           countIf(is_closed) AS closed,
           countIf(is_closed AND is_judged) AS closed_judged,
           countIf(is_right) AS rightly,
           countIf(is_right AND is_judged) AS right_judged,
           countIf(is_labelled) AS labelled,
           countIf(is_labelled AND NOT is_closed AND NOT is_judged) AS doubtful,
           countIf(is_open) AS open,
           arraySlice(multiIf(
             rightly > 0, [],
             closed > 0, arraySort(groupArrayIf(deciding, is_closed)),
             arraySort(groupArrayIf(deciding, is_labelled))), 1, {namesMost:UInt32}) AS deciding_rows
    FROM (
      SELECT day, notEmpty(closed) AS is_closed, notEmpty(own) AS is_labelled,
             arrayExists(t -> arrayExists(l -> ${sameProfile('l', 't')}, own), closed) AS is_right,
             arrayExists(t -> ${counts('t')} AND ${of('t', 'day')} = day AND ${isOpen('t')}, truths) AS is_open,
             if(is_closed,
                arrayExists(t -> ${isJudged('t')} AND (NOT is_right OR arrayExists(l -> ${sameProfile('l', 't')}, own)), closed),
                arrayAll(l -> arrayAll(t -> ${isJudged('t')}, ${homeOf('l')})
                              AND (notEmpty(truths) OR ${of('labels[1]', 'settling')} = 0), own)) AS is_judged,
             if(is_closed, arraySlice(closed, 1, 1), if(is_labelled, ${homeOf('own[1]')}, [])) AS shown_truth,
             arraySlice(if(notEmpty(own), own, labels), 1, 1) AS shown_label,
             (toUInt8(NOT is_judged), ${of('arrayConcat(closed, own)[1]', 'start_ms')}, id, shown_truth, shown_label, length(labels)) AS deciding
      FROM (${conversationDays(sides)}))
    GROUP BY day
    ORDER BY day`,
  params: CustomerRangeParams.extend({
    timeZone: z.string(),
    agent: z.string(),
    useCase: z.string().nullable(),
    asOfMs: z.number().int(),
    marginMs: z.number().int(),
    namesMost: z.number().int(),
  }),
  row: z
    .object({
      day: z.number(),
      closed: count,
      closed_judged: count,
      rightly: count,
      right_judged: count,
      labelled: count,
      doubtful: count,
      open: count,
      deciding_rows: z.array(DecidingTuple),
    })
    .transform(({ closed_judged, rightly, right_judged, deciding_rows, ...row }) => ({
      ...row,
      right: rightly,
      closedJudged: closed_judged,
      rightJudged: right_judged,
      deciding: deciding_rows,
    })),
});
