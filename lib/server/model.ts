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
