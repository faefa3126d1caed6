import { messageOf } from '@/lib/errors';

/**
 * What became of one try. `sentence` and `remark` are for people, `detail` is for the log. None of them holds a secret or an
 * address. The text of an error or an answer may name one, so only its code is kept.
 */
export type Outcome =
  | { kind: 'sent'; remark?: string }
  | {
      kind: 'failed';
      sentence: string;
      detail?: string;
      /** Whether the receiver certainly does not have the message. */
      known: boolean;
      /** Whether the same will come of it until somebody changes something, so that it is not tried again. */
      final: boolean;
      /** When the receiver asks to be tried again, in milliseconds from now. */
      retryAfterMs?: number;
    };
export type Failure = Extract<Outcome, { kind: 'failed' }>;

export const failed = (sentence: string, more: Partial<Omit<Failure, 'kind' | 'sentence'>> = {}): Failure => ({
  kind: 'failed',
  sentence,
  known: true,
  final: false,
  ...more,
});

/** The words of OpenSSL in an error, which name no address. */
export const wordsOfTls = (error: unknown): string | undefined =>
  /error:\w+:SSL routines:[^\r\n]{0,200}/.exec(messageOf(error))?.[0];
