import type { DayCounts } from '../model';

/**
 * `clean since`: later audits counted each of its days as it was recorded. `acknowledged`: a person saw it and said what
 * it was.
 */
export const missStates = ['open', 'clean since', 'acknowledged'] as const;
export type MissState = (typeof missStates)[number];

/** An agent or use case whose affected conversations differ; '' is "unassigned". */
export type MissShare = { of: 'agent' | 'use case'; key: string; recorded: number; found: number };

/** A day of a miss: what the increments had recorded, and what the full scan counted. `missed` differ at least. */
export type MissDay = { day: string; missed: number; recorded: DayCounts; found: DayCounts; shares: MissShare[] };

/** The key of the case that people hear of. */
export const missCaseKey = (customerId: string, scanId: string): string => `increment missed ${customerId} ${scanId}`;
