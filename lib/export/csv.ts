import { stringify } from 'csv-stringify/sync';

/** A cell; null is empty. */
export type CsvCell = string | number | null;

/**
 * Rows as CSV without a header. A text that a spreadsheet would run as a formula, as one that begins with = + - @, a tab or
 * a carriage return, gets an apostrophe before it.
 */
export const csvRows = (rows: readonly (readonly CsvCell[])[]): string =>
  stringify([...rows], { escape_formulas: true, quoted_match: /\r/ });

/** `csvRows` below a header. */
export const csvOf = (columns: readonly string[], rows: readonly (readonly CsvCell[])[]): string =>
  csvRows([columns, ...rows]);
