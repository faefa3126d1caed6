/**
 * Something that waits for a person. `id` is the run's for a run, the name of the part for an engine; a mutation and an
 * approval are found on the page of their kind.
 */
export type Trouble = {
  kind: 'run' | 'mutation' | 'engine' | 'worker' | 'approval';
  id: string;
  /** Whose labels it touches; empty where it is everybody's. */
  customers: string[];
  sentence: string;
  sinceMs: number | null;
};

/** `unknown` names what could not be looked at, so that an empty list is not taken for an all-clear. */
export type TroubleReport = { trouble: Trouble[]; unknown: string[]; atMs: number };

/** Approvals wait for a decision; everything else is wrong. */
export const isWrong = ({ kind }: Pick<Trouble, 'kind'>): boolean => kind !== 'approval';
