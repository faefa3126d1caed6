import { EngineDown } from './engine/engine';
import { MultipleStatements } from './sql/statement';

/** A failure in ClickHouse's own terms: code, status and text are what its HTTP interface gives. */
export class Problem extends Error {
  readonly code: number;
  readonly status: number;

  constructor(code: number, message: string, status = statusByCode.get(code) ?? 500) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/** HTTP status -> error codes, as ClickHouse's `exceptionCodeToHTTPStatus` has them; all others are 500. */
const codes: Record<number, number[]> = {
  400: [6, 8, 15, 25, 26, 27, 36, 37, 38, 41, 44, 53, 62, 72, 117, 123, 167, 168, 223, 321, 376, 427, 441, 675, 676],
  401: [194],
  403: [192, 193, 497, 512, 516],
  404: [46, 47, 50, 56, 60, 63, 73, 78, 81, 115, 152, 336, 511],
  408: [159],
  411: [381],
  413: [229],
  415: [779],
  501: [48],
  503: [76, 202, 209, 439],
};
const statusByCode = new Map(
  Object.entries(codes).flatMap(([status, list]) => list.map((code) => [code, Number(status)] as const)),
);

/** A problem of the interface itself, worded as the engine words its own. */
export const problem = (code: number, name: string, text: string, status?: number): Problem =>
  new Problem(code, worded(code, name, text), status);
const worded = (code: number, name: string, text: string) => `Code: ${code}. DB::Exception: ${text} (${name})`;

/** Whatever was thrown, as ClickHouse would answer it. */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof EngineDown) {
    return problem(210, 'NETWORK_ERROR', error.message, 503);
  }
  if (error instanceof MultipleStatements) {
    const where = `failed at position ${error.position} (end of query)`;
    return problem(62, 'SYNTAX_ERROR', `Syntax error (Multi-statements are not allowed): ${where}.`);
  }
  return engineProblem(error instanceof Error ? error.message : String(error));
}

/**
 * The engine's message as a server would word it: without the file that represents the HTTP connection, and only once
 * if the client half of the engine repeats its server half.
 */
function engineProblem(raw: string): Problem {
  let message = raw
    .replace(/ INTO OUTFILE '[^']*' APPEND (?: FORMAT \w+)?/g, '')
    .replace(/ ?FROM INFILE '[^']*'/g, '')
    .replace(/:? ?\(in file\/uri [^)]*\)/g, '')
    .replace(/: While reading from: [^:]*\/(pipes|spill)\/\w+:?/g, '')
    .replace(/: While executing File: data for INSERT was parsed from file/g, '')
    .trim();
  const nested =
    /^Code: (\d+)\. DB::Exception: (Code: \1\. DB::Exception: .*?)( \(version [^)]*\)\.? \([A-Z_0-9]+\))?$/s;
  for (let inner = nested.exec(message); inner?.[2]; inner = nested.exec(message)) message = inner[2];
  const code = Number(/^Code: (\d+)\./.exec(message)?.[1] ?? 1002);
  return new Problem(code, /^Code: /.test(message) ? message : worded(code, 'UNKNOWN_EXCEPTION', message));
}
