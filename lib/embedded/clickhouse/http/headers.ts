/** Counts of X-ClickHouse-Summary and -Progress. */
export type Counts = {
  readRows: number;
  readBytes: number;
  writtenRows: number;
  writtenBytes: number;
  totalRows: number;
  resultRows: number;
  resultBytes: number;
  elapsedMs: number;
};

export const noCounts: Counts = {
  readRows: 0,
  readBytes: 0,
  writtenRows: 0,
  writtenBytes: 0,
  totalRows: 0,
  resultRows: 0,
  resultBytes: 0,
  elapsedMs: 0,
};

/** The counts as ClickHouse writes them: JSON with every number a string. */
export function countsHeader(counts: Counts): string {
  const fields = {
    read_rows: counts.readRows,
    read_bytes: counts.readBytes,
    written_rows: counts.writtenRows,
    written_bytes: counts.writtenBytes,
    total_rows_to_read: counts.totalRows,
    result_rows: counts.resultRows,
    result_bytes: counts.resultBytes,
    elapsed_ns: Math.round(counts.elapsedMs * 1e6),
  };
  return JSON.stringify(Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, String(value)])));
}

const types: [RegExp, string][] = [
  [/^(TSV|TabSeparated)/, 'text/tab-separated-values; charset=UTF-8'],
  [/^CSVWithNames/, 'text/csv; charset=UTF-8; header=present'],
  [/^CSV/, 'text/csv; charset=UTF-8; header=absent'],
  [/^(JSON\w*EachRow\w*|JSONLines|NDJSON)$/, 'application/x-ndjson; charset=UTF-8'],
  [/^JSON/, 'application/json; charset=UTF-8'],
  [/^XML/, 'application/xml; charset=UTF-8'],
  [/^Markdown/, 'text/markdown; charset=UTF-8'],
  [/^(Native|RowBinary|Parquet|ORC|Arrow|Avro|MsgPack|Protobuf|CapnProto|BSON|Npy)/, 'application/octet-stream'],
];

/** Content-Type of an output format. */
export const contentType = (format: string): string =>
  types.find(([pattern]) => pattern.test(format))?.[1] ?? 'text/plain; charset=UTF-8';
