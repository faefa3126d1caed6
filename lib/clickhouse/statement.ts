import { z } from 'zod';

/** No parameters. */
const none = z.object({});

/**
 * One ClickHouse statement as a value. `text` holds `{name:Type}` for values; where a table or a catalogue
 * expression is needed it is a function of `Names`, which only `names.ts` makes.
 */
export type Statement<Params extends z.ZodType, Row extends z.ZodType, Names = void> = {
  name: string;
  text: Names extends void ? string : (names: Names) => string;
  params: Params;
  row: Row;
};

/** What a caller passes: values where a statement has parameters, names where its text is made with names. */
export type StatementInput<Params extends z.ZodType, Names> = (Record<string, never> extends z.input<Params>
  ? { params?: z.input<Params> }
  : { params: z.input<Params> }) &
  (undefined extends Names ? { names?: undefined } : { names: Names });

/**
 * Declares a read statement. Columns are snake_case in SQL; `row` turns them into camelCase. A statement without
 * parameters needs no `params`.
 */
export function statement<Params extends z.ZodType = typeof none, Row extends z.ZodType = z.ZodType, Names = void>(
  value: Omit<Statement<Params, Row, Names>, 'params'> & { params?: Params },
): Statement<Params, Row, Names> {
  return { ...value, params: value.params ?? none } as Statement<Params, Row, Names>;
}

/** The text and the checked values of one run. Throws ZodError where a value does not fit its parameter. */
export function askedOf<Params extends z.ZodType, Row extends z.ZodType, Names>(
  { text, params }: Statement<Params, Row, Names>,
  given: { params?: unknown; names?: unknown },
): { query: string; query_params: Record<string, unknown> } {
  const query = typeof text === 'function' ? text(given.names as Names) : (text as string);
  return { query, query_params: params.parse(given.params ?? {}) as Record<string, unknown> };
}
