import type { Patience } from '@/lib/patience';
import { failureOf, isPassing } from './failure';

/** How long after the engine fell silent a waiting person gets a sentence. */
export const personWaitsMs = 10_000;

/** Patience with what passes; with a refused user only for `deniedForMs`, since that seldom does. */
export const patienceOf = (forMs: number, deniedForMs = forMs, say?: Patience['say']): Patience => ({
  msFor: (error) => (isPassing(error) ? forMs : failureOf(error) === 'denied' ? deniedForMs : 0),
  say,
});
