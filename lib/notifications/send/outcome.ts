/** What became of one try. `sentence` is for people and holds no secret; `detail` and `remark` are for the log. */
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
