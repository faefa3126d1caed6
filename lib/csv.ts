import { stringify } from 'csv-stringify/sync';

/** Rows as CSV with a header. A text that a spreadsheet would run as a formula is escaped. */
export const csvOf = (columns: readonly string[], rows: readonly (readonly (string | null)[])[]): string =>
  stringify([...rows], { header: true, columns: [...columns], escape_formulas: true });
