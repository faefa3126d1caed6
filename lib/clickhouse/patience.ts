import type { Patience } from '@/lib/patience';
import { failureOf, isPassing } from './failure';

/** A person who waits is told so many milliseconds after the engine fell silent. */
export const personWaitsMs = 10_000;

/** Patience with what passes; with a refused user only for `deniedForMs`, since that seldom does. */
export const patienceOf = (forMs: number, deniedForMs = forMs, say?: Patience['say']): Patience => ({
  msFor: (error) => (isPassing(error) ? forMs : failureOf(error) === 'denied' ? deniedForMs : 0),
  say,
});
