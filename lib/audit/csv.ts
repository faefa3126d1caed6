import { stringify } from 'csv-stringify/sync';

/** Rows as CSV without a header. A text that a spreadsheet would run as a formula is escaped. */
export const csvRows = (rows: readonly (readonly (string | null)[])[]): string =>
  stringify([...rows], { escape_formulas: true });

/** `csvRows` below a header. */
export const csvOf = (columns: readonly string[], rows: readonly (readonly (string | null)[])[]): string =>
  csvRows([columns, ...rows]);
