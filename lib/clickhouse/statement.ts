import { z } from 'zod';

/** No parameters. */
const none = z.object({});

/**
 * One ClickHouse statement as a value. `text` holds `{name:Type}` for values; where a table or a catalogue
 * expression is needed it is a function of `Identifiers`, which only `identifiers.ts` makes.
 */
export type Statement<Params extends z.ZodType, Row extends z.ZodType, Identifiers = void> = {
  name: string;
  text: Identifiers extends void ? string : (identifiers: Identifiers) => string;
  params: Params;
  row: Row;
};

/** What a caller passes: values where a statement has parameters, identifiers where its text is made with identifiers. */
export type StatementInput<Params extends z.ZodType, Identifiers> = (Record<string, never> extends z.input<Params>
  ? { params?: z.input<Params> }
  : { params: z.input<Params> }) &
  (undefined extends Identifiers ? { identifiers?: undefined } : { identifiers: Identifiers });

/**
 * Declares a read statement. Columns are snake_case in SQL; `row` turns them into camelCase. A statement without
 * parameters needs no `params`.
 */
export function statement<
  Params extends z.ZodType = typeof none,
  Row extends z.ZodType = z.ZodType,
  Identifiers = void,
>(
  value: Omit<Statement<Params, Row, Identifiers>, 'params'> & { params?: Params },
): Statement<Params, Row, Identifiers> {
  return { ...value, params: value.params ?? none } as Statement<Params, Row, Identifiers>;
}

/** The text and the checked values of one run. Throws ZodError where a value does not fit its parameter. */
export function askedOf<Params extends z.ZodType, Row extends z.ZodType, Identifiers>(
  { text, params }: Statement<Params, Row, Identifiers>,
  given: { params?: unknown; identifiers?: unknown },
): { query: string; query_params: Record<string, unknown> } {
  const query = typeof text === 'function' ? text(given.identifiers as Identifiers) : (text as string);
  return { query, query_params: params.parse(given.params ?? {}) as Record<string, unknown> };
}
