/**
 * Something that waits for a person. `id` is that of the run or the approval, or the name of the engine;
 * mutations are found on their page. `start`: what was approved has not started.
 */
export type Trouble = {
  kind: 'run' | 'order' | 'mutation' | 'engine' | 'worker' | 'start' | 'approval';
  id: string;
  /** The customers whose labels it concerns; empty if it concerns all. */
  customers: string[];
  sentence: string;
  sinceMs: number | null;
};

/** `unknown` names what could not be read, so that an empty list is not mistaken for an all-clear. */
export type TroubleReport = { trouble: Trouble[]; unknown: string[] };

/** Whether something is wrong. Everything is, except approvals, which only wait for a decision. */
export const isWrong = ({ kind }: Pick<Trouble, 'kind'>): boolean => kind !== 'approval';
