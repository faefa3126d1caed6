import type { Breakdown } from './model';

/** Of a day so many agents and so many use cases are kept: the most affected ones. */
export const sharesKeptMost = 500;
/** Whether there may be more of them than were kept. */
export const isCutShort = (shares: readonly Breakdown[]): boolean => shares.length >= sharesKeptMost;
