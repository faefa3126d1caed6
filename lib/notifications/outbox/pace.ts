/** A channel gets at most this many messages of single cases in a window; what is more becomes one summary. */
const singlesMost = 10;
export const windowMs = 30 * 60_000;
/** More than this many at the same moment are a summary at once. */
const togetherMost = 5;
const summaryApartMs = 10 * 60_000;

/** What a channel got in the last window, or may have got. */
export type Recent = { singles: number; lastMs: number | null; lastSummaryMs: number | null };

const isWithin = ({ singles }: Recent) => singles < singlesMost;

/** Whether a summary, or one more message beyond those of single cases, may be sent now. */
function isFree(recent: Recent, nowMs: number): boolean {
  const lastMs = isWithin(recent) ? recent.lastSummaryMs : recent.lastMs;
  return lastMs === null || nowMs - lastMs >= summaryApartMs;
}

/** How many due messages have to be looked at to know what is next; `all` where a summary may be next. */
export function looksAt(recent: Recent, nowMs: number, all: number): number {
  if (isFree(recent, nowMs)) return all;
  return isWithin(recent) ? togetherMost + 1 : 0;
}

/**
 * Whether the next message of a channel is of one case, a summary of all, or later: `ready` messages are due, of which
 * `urgent` do not wait for others. In any window that comes to at most twenty messages, whatever happens.
 */
export function paceOf(
  { ready, urgent }: { ready: number; urgent: number },
  recent: Recent,
  nowMs: number,
): 'single' | 'summary' | 'wait' {
  if (ready === 0) return 'wait';
  if (isWithin(recent) && (ready <= togetherMost || (urgent > 0 && urgent <= togetherMost))) return 'single';
  if (!isFree(recent, nowMs)) return 'wait';
  return ready > 1 ? 'summary' : 'single';
}
