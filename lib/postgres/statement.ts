import type { z } from 'zod';

/** One Postgres statement as a value: `$1 ...` in the order of `params`; `row` turns snake_case into camelCase. */
export type PgStatement<Params extends readonly unknown[], Row extends z.ZodType> = {
  name: string;
  text: string;
  row: Row;
  readonly __params?: Params;
};

/** Declares a statement; `Params` is the tuple of its `$n` values. */
export function pgStatement<Params extends readonly unknown[]>() {
  return <Row extends z.ZodType>(value: { name: string; text: string; row: Row }): PgStatement<Params, Row> => value;
}
