import { z } from 'zod';
import { pgStatement } from '@/lib/postgres/statement';
import { type Difference, LabelRow } from '../model';

const Filter = z.object({
  itemIds: z.array(z.string()),
  kinds: z.number().int(),
  agent: z.string().nullable(),
  useCase: z.string().nullable(),
  search: z.string(),
  fromMs: z.number().nullable(),
  toMs: z.number().nullable(),
});

const matching = `
    FROM differences d
    JOIN backfill_items i ON i.id = d.item_id
    WHERE d.item_id = ANY (:itemIds::uuid[])
      AND (:kinds::integer = 0 OR d.kinds & :kinds::integer <> 0)
      AND (:agent::text IS NULL OR :agent::text = ANY (d.agents))
      AND (:useCase::text IS NULL OR :useCase::text = ANY (d.use_cases))
      AND (:search::text = '' OR position(lower(:search::text) IN lower(d.conversation_id)) > 0)
      AND (:fromMs::bigint IS NULL OR d.start_ms >= :fromMs::bigint)
      AND (:toMs::bigint IS NULL OR d.start_ms < :toMs::bigint)`;

const Columns = z.object({
  unit: z.string(),
  conversation_id: z.string(),
  kinds: z.number(),
  start_ms: z.number(),
  olds: z.array(LabelRow),
  news: z.array(LabelRow),
});
const differenceOf = (row: z.output<typeof Columns>): Difference => ({
  unit: row.unit,
  conversationId: row.conversation_id,
  kinds: row.kinds,
  startAtMs: row.start_ms,
  olds: row.olds,
  news: row.news,
});

const columns = 'i.unit, d.conversation_id, d.kinds, d.start_ms, d.olds, d.news';

/** A page of stored differences, by unit, start and id. Bounded by what is kept of the units asked for. */
export const selectStored = pgStatement({
  name: 'differences.select_stored',
  text: `
    SELECT ${columns}
    ${matching}
    ORDER BY i.seq, d.seq
    LIMIT :rowsMax OFFSET :offset`,
  params: Filter.extend({ rowsMax: z.number().int(), offset: z.number().int() }),
  row: Columns.transform(differenceOf),
});

/** Those after one of them, for a file of any length; the sequence number is that of the unit. */
export const selectStoredAfter = pgStatement({
  name: 'differences.select_stored_after',
  text: `
    SELECT ${columns}, d.seq
    ${matching}
      AND d.seq > :afterSeq
    ORDER BY d.seq
    LIMIT :rowsMax`,
  params: Filter.extend({ rowsMax: z.number().int(), afterSeq: z.number().int() }),
  row: Columns.extend({ seq: z.number() }).transform(({ seq, ...row }) => ({ ...differenceOf(row), seq })),
});

export const countStored = pgStatement({
  name: 'differences.count_stored',
  text: `SELECT count(*) AS found ${matching}`,
  params: Filter,
  row: z.object({ found: z.number() }).transform(({ found }) => found),
});
