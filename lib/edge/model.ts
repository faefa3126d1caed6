import type { ErrorCode } from '@/lib/errors';

/** A failure as people see it: a sentence, the inputs at fault, and the id that finds it in the log. */
export type Failure = {
  code: ErrorCode | 'unexpected';
  message: string;
  fields?: Record<string, string>;
  requestId: string;
};

/** What an action, a polled read and a page's first load answer. */
export type Result<T> = { ok: true; data: T } | { ok: false; error: Failure };

/** Why a request is refused before it is read, by HTTP status. */
export const earlyRefusals = {
  400: 'This address is not usable: it is no UTF-8.',
  401: 'You are signed out. Nothing was changed; sign in again.',
  411: 'This request does not say how large it is. Nothing was changed; send it with a Content-Length.',
  413: 'This request is larger than 1 MB, more than the console reads. Nothing was changed; send less.',
} as const;

/** What is taken over of `x-request-id`, and shown: nothing that means something to a log, a page or a shell. */
export const requestIdPattern = /^[A-Za-z0-9][A-Za-z0-9._:-]{7,63}$/;
