import { type CsvCell, csvRows } from './csv';
import type { ExportFormat } from './model';

/** The columns of a file in order, each with how it is read from a row. */
export type Columns<Row> = Readonly<Record<string, (row: Row) => CsvCell>>;

/** Characters that are gathered before they are sent. */
const textSize = 64_000;

/**
 * A list as a file, a piece of text at a time, so that memory does not grow with the list: CSV with a header, or one JSON
 * object a line. The last line says that it is the end and how many rows there are, and `ending` what they lack. A file
 * without that line is not whole, whatever became of the connection. `line` is a row of JSON lines, where it is not the columns.
 */
export async function* exportRows<Row>(
  format: ExportFormat,
  columns: Columns<Row>,
  batches: AsyncIterable<readonly Row[]>,
  { ending, line }: { ending?: () => string | null; line?: (row: Row) => unknown } = {},
): AsyncGenerator<string> {
  const names = Object.keys(columns);
  const cellsOf = (row: Row) => Object.values(columns).map((read) => read(row));
  const objectOf = line ?? ((row: Row) => Object.fromEntries(names.map((name, at) => [name, cellsOf(row)[at]])));
  let text = format === 'csv' ? csvRows([names]) : '';
  let rows = 0;
  for await (const batch of batches) {
    for (let at = 0; at < batch.length; at += rowsAtOnce) {
      const part = batch.slice(at, at + rowsAtOnce);
      text +=
        format === 'csv'
          ? csvRows(part.map(cellsOf))
          : part.map((row) => `${JSON.stringify(objectOf(row))}\n`).join('');
      rows += part.length;
      if (text.length < textSize) continue;
      yield text;
      text = '';
    }
  }
  yield text + endOf(format, names.length, rows, ending?.() ?? null);
}

const rowsAtOnce = 200;

function endOf(format: ExportFormat, columns: number, rows: number, lacks: string | null): string {
  if (format === 'jsonl') return `${JSON.stringify({ endOfExport: true, rows, ...(lacks ? { lacks } : {}) })}\n`;
  const words = `# end of export: ${rows} rows${lacks ? `. ${lacks}` : ''}`;
  return csvRows([[words, ...Array<null>(columns - 1).fill(null)]]);
}

/** Batches of what `page` answers, until it answers a batch that is not full. */
export async function* inPages<Row>(
  rowsMax: number,
  page: (offset: number, last: Row | undefined) => Promise<readonly Row[]>,
): AsyncGenerator<readonly Row[]> {
  for (let offset = 0, last: Row | undefined; ; offset += rowsMax) {
    const rows = await page(offset, last);
    if (rows.length > 0) yield rows;
    if (rows.length < rowsMax) return;
    last = rows.at(-1);
  }
}
