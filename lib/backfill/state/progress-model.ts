import type { Progress } from './model';

/** Whole percent that is done, rounded down; 99 at most, since only a verified run is complete. */
export const percentOf = ({ done, of }: Progress): number =>
  of > 0 ? Math.min(99, Math.max(0, Math.floor((100 * done) / of))) : 0;
