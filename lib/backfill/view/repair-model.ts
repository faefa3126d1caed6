import type { ItemStatus, Strategy } from '../state/name-model';

/** A repair of days of a customer: one unit of a run. Instants are milliseconds. */
export type Repair = {
  itemId: string;
  runId: string;
  unit: string;
  status: ItemStatus;
  strategy: Strategy;
  startedBy: string;
  reason: string;
  atMs: number;
  /** The run that undid it. */
  undoneBy: string | null;
  /** True where its labels can be brought back: its backup is kept, it has ended, and no undo has done so. */
  canUndo: boolean;
};
