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

/** Why the body of a request is not read, by HTTP status. */
export const bodyRefusals = {
  411: 'This request does not say how large it is. Nothing was changed; send it with a Content-Length.',
  413: 'This request is larger than 1 MB, more than the console reads. Nothing was changed; send less.',
} as const;
