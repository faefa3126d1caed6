import type { z } from 'zod';

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

/** Declares a read statement. Columns are snake_case in SQL; `row` turns them into camelCase. */
export function statement<Params extends z.ZodType, Row extends z.ZodType, Names = void>(
  value: Statement<Params, Row, Names>,
): Statement<Params, Row, Names> {
  return value;
}
