/** A failure in ClickHouse's own terms: code, status and text are what its HTTP interface gives. */
export class Problem extends Error {
  readonly code: number;
  readonly status: number;

  constructor(code: number, message: string, status = statusOf(code)) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/** Error code -> HTTP status, as ClickHouse's `exceptionCodeToHTTPStatus` has it; 500 for the rest. */
const statuses: Record<number, number[]> = {
  400: [6, 25, 26, 27, 36, 38, 41, 43, 44, 53, 55, 56, 62, 72, 117, 166, 167, 168, 427, 675, 676, 321, 8],
  401: [194],
  403: [192, 193, 291, 497, 516, 512],
  404: [34, 45, 46, 47, 50, 60, 63, 73, 78, 81, 115, 155, 203, 511],
  408: [159],
  411: [381],
  413: [257],
  501: [48],
  503: [76, 209, 439],
};
const statusByCode = new Map(
  Object.entries(statuses).flatMap(([status, codes]) => codes.map((code) => [code, Number(status)] as const)),
);

export const statusOf = (code: number): number => statusByCode.get(code) ?? 500;

/** A problem of the interface itself, worded as the engine words its own. */
export const problem = (code: number, name: string, text: string, status?: number): Problem =>
  new Problem(code, `Code: ${code}. DB::Exception: ${text} (${name})`, status);

/**
 * What the engine said, as the server would say it: the engine repeats the whole sentence where an error crosses its
 * own client and server halves.
 */
export function engineProblem(message: string): Problem {
  const once = message.replace(/^Code: (\d+)\. DB::Exception: (?=Code: \1\. DB::Exception: )/, '');
  const single = once === message ? message : once.replace(/ \(version [^)]*\)\. \([A-Z_]+\)\s*$/, '');
  const code = Number(/^Code: (\d+)\./.exec(single)?.[1] ?? 1002);
  const text = /^Code: \d+\./.test(single) ? single : `Code: ${code}. DB::Exception: ${single} (UNKNOWN_EXCEPTION)`;
  return new Problem(code, text.trim());
}
