import type { ServerResponse } from 'node:http';
import type { Problem } from './problem';

/** Counts of X-ClickHouse-Summary, as ClickHouse names them. */
export type Summary = {
  readRows: number;
  readBytes: number;
  writtenRows: number;
  writtenBytes: number;
  resultRows: number;
  resultBytes: number;
  elapsedMs: number;
};

export const emptySummary: Summary = {
  readRows: 0,
  readBytes: 0,
  writtenRows: 0,
  writtenBytes: 0,
  resultRows: 0,
  resultBytes: 0,
  elapsedMs: 0,
};

export function summaryHeader(s: Summary): string {
  const fields = {
    read_rows: s.readRows,
    read_bytes: s.readBytes,
    written_rows: s.writtenRows,
    written_bytes: s.writtenBytes,
    total_rows_to_read: s.readRows,
    result_rows: s.resultRows,
    result_bytes: s.resultBytes,
    elapsed_ns: Math.round(s.elapsedMs * 1e6),
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
  [/^(Native|RowBinary|Parquet|ORC|Arrow|Avro|MsgPack|Protobuf|CapnProto|BSON|Npy)/, 'application/octet-stream'],
];

export const contentType = (format: string): string =>
  types.find(([pattern]) => pattern.test(format))?.[1] ?? 'text/plain; charset=UTF-8';

/** Answers with an error before any byte of a result was sent. */
export function sendProblem(response: ServerResponse, failure: Problem, version: string): void {
  const body = `${failure.message} (version ${version} (official build))\n`;
  response.setHeader('X-ClickHouse-Exception-Code', String(failure.code));
  response.setHeader('Content-Type', 'text/plain; charset=UTF-8');
  if (failure.status === 401) response.setHeader('WWW-Authenticate', 'Basic realm="ClickHouse server HTTP API"');
  response.writeHead(failure.status);
  response.end(body);
}

/** An error behind bytes that were sent already, as ClickHouse 25.11+ marks it for clients that look for the tag. */
export function exceptionBlock(message: string, tag: string): string {
  const text = `${message}\n`;
  return `\r\n__exception__\r\n${tag}\r\n${text}${Buffer.byteLength(text)} ${tag}\r\n__exception__\r\n`;
}
