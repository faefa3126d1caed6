import { z } from 'zod';
import { Reason } from '@/lib/audit/model';
import type { Stop } from '@/lib/holds/model';
import type { ItemStatus } from './name-model';
import type { LabelsAre } from './states';

/** Stops all work on ClickHouse. `immediately`: also between a delete and its relabel, and Jobs are stopped. */
export const StopEverything = z.object({ reason: Reason, immediately: z.boolean().default(false) });
export type StopEverything = z.input<typeof StopEverything>;

export const LiftStop = z.object({ reason: Reason });
export type LiftStop = z.input<typeof LiftStop>;

/** A unit in work or stopped: `left` is what is left of its labels, or would be if everything were stopped at once. */
export type StoppedUnit = {
  runId: string;
  customerId: string;
  unit: string;
  status: ItemStatus;
  left: LabelsAre;
  /** True where people would see too few labels. */
  isMissing: boolean;
  labelRows: number;
};

/** `units` are those in work, and those that stopped while their labels are missing. */
export type StopView = { stop: Stop | null; units: StoppedUnit[] };
