import type { FindingFacts } from './history/model';

/** How long after the truth changed a scan saw it, in ms; null where no truth is known that changed. */
export const seenAfterMs = ({ firstSeenAtMs, truthChangedAtMs }: FindingFacts): number | null =>
  truthChangedAtMs === null ? null : Math.max(0, firstSeenAtMs - truthChangedAtMs);

/** How long after it was first seen a run repaired it, the last time; null where none did. */
export const repairedAfterMs = ({ firstSeenAtMs, repairedAtMs }: FindingFacts): number | null =>
  repairedAtMs === null ? null : Math.max(0, repairedAtMs - firstSeenAtMs);
