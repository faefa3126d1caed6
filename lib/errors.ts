/** What went wrong in words a caller can act on; the only kind of error whose sentence is shown to a person. */
export const errorCodes = [
  'invalid_input',
  'unauthenticated',
  'forbidden',
  'not_found',
  'conflict',
  'refused',
  'limit',
  'unavailable',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

/** HTTP status of each code, for route handlers. */
export const httpStatus: Record<ErrorCode, number> = {
  invalid_input: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  refused: 422,
  limit: 429,
  unavailable: 503,
};

/**
 * An expected failure. `message` is a full sentence for the person; the technical reason goes into `cause`,
 * which is logged and never shown. `fields` names the inputs at fault; `retryAfterSeconds` says when a limit ends.
 */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly fields: Record<string, string> | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(
    code: ErrorCode,
    sentence: string,
    options: { cause?: unknown; fields?: Record<string, string>; retryAfterSeconds?: number } = {},
  ) {
    super(sentence, { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.fields = options.fields;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/** The message of anything thrown, for logs and for a step's stored technical reason. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
