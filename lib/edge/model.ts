import type { ErrorCode } from '@/lib/errors';

/** A failure as people see it: a sentence, the wrong inputs, and the id under which the log has it. */
export type Failure = {
  code: ErrorCode | 'unexpected';
  message: string;
  fields?: Record<string, string>;
  requestId: string;
};

/** The answer of an action, of a polled read, and of a page's first load. A read has the `revision` of what it answers. */
export type Result<T> = { ok: true; data: T; revision?: string } | { ok: false; error: Failure };

/** The sentences of requests that are refused before they are read, by HTTP status. */
export const earlyRefusals = {
  400: 'This address is not valid UTF-8.',
  401: 'You are signed out. Nothing was changed; sign in again.',
  411: 'This request has no Content-Length. Nothing was changed.',
  413: 'This request is larger than 1 MB, the most that the console accepts. Nothing was changed.',
} as const;

/** The values of `x-request-id` that are accepted: none has a meaning for a log, a page or a shell. */
export const requestIdPattern = /^[A-Za-z0-9][A-Za-z0-9._:-]{7,63}$/;
