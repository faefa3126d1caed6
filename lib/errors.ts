/** The codes of expected failures. */
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

const brand = Symbol.for('slc.AppError');

/**
 * An expected failure, the only kind of error whose sentence people see. The technical reason goes into `cause`, which
 * is logged and never shown. `fields` names the wrong inputs; `retryAfterSeconds` says when a limit ends.
 */
export class AppError extends Error {
  // NOTE: pages and route handlers are separate bundles with separate copies of this class, but share one context. So
  // `instanceof` must also accept errors of the other copy.
  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && brand in value;
  }

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
    Object.defineProperty(this, brand, { value: true });
    this.code = code;
    this.fields = options.fields;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/** The message of anything thrown, for logs and for the technical reason that a step stores. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
