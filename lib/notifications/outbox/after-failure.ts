import type { MessageKind } from '../message-model';
import type { SendingChannel } from '../model';
import type { Failure } from '../send/outcome';

const firstMs = 10_000;
const mostMs = 15 * 60_000;
/** For how long a message is tried before a person has to ask for it. */
export const triedForMs = 25 * 60 * 60_000;
/** The pauses before a message is repeated that may have arrived, where the receiver cannot recognise a repetition. */
const unknownWaitsMs = [60_000, 10 * 60_000, 60 * 60_000];

/** The pause after so many failures in a row, in milliseconds. `random` (0 to 1) keeps workers from trying in step. */
export const backOffMs = (failures: number, random: number): number =>
  Math.min(mostMs, firstMs * 2 ** Math.min(20, failures - 1)) * (0.75 + 0.25 * random);

/** `unknown`: earlier tries of which nobody knows whether they arrived; `attempts` counts this one. */
export type Tried = {
  channel: SendingChannel;
  kind: MessageKind;
  attempts: number;
  unknown: number;
  firstTriedMs: number;
};

/**
 * What follows a failed try. A webhook is repeated with the same key as often as it takes, since its receiver recognises
 * it. A mail or a message to Slack that may have arrived is repeated three times at most.
 */
export function afterFailure(
  { channel, kind, attempts, ...tried }: Tried,
  failure: Failure,
  { nowMs, random }: { nowMs: number; random: number },
): { state: 'waiting' | 'given up'; nextMs: number; unknown: number } {
  const unknown = tried.unknown + (failure.known ? 0 : 1);
  const usualMs = Math.max(backOffMs(attempts, random), failure.retryAfterMs ?? 0);
  const repeats = channel === 'webhook' || failure.known;
  const waitMs = repeats ? usualMs : unknownWaitsMs[unknown - 1];
  const isOver = kind === 'test' || failure.final || waitMs === undefined || nowMs - tried.firstTriedMs >= triedForMs;
  return { state: isOver ? 'given up' : 'waiting', nextMs: nowMs + (waitMs ?? 0), unknown };
}
