/** A channel gets at most this many messages of single cases in a window; what is more becomes one summary. */
const singlesMost = 10;
export const windowMs = 30 * 60_000;
/** More than this many at the same moment are a summary at once. */
const togetherMost = 5;
const summaryApartMs = 10 * 60_000;

/** What a channel got in the last window, or may have got. */
export type Recent = { singles: number; lastMs: number | null; lastSummaryMs: number | null };

/**
 * Whether the next message of a channel is of one case, a summary of all, or later: `ready` messages are due, of which
 * `urgent` do not wait for others. In any window that comes to at most twenty messages, whatever happens.
 */
export function paceOf(
  { ready, urgent }: { ready: number; urgent: number },
  recent: Recent,
  nowMs: number,
): 'single' | 'summary' | 'wait' {
  const isWithin = recent.singles < singlesMost;
  if (isWithin && (ready <= togetherMost || (urgent > 0 && urgent <= togetherMost))) return 'single';
  const lastMs = isWithin ? recent.lastSummaryMs : recent.lastMs;
  if (lastMs !== null && nowMs - lastMs < summaryApartMs) return 'wait';
  return ready > 1 ? 'summary' : 'single';
}
