/** What ages out, as people see it. Instants in ms. */
export type RetentionView = {
  rules: {
    name: string;
    table: string;
    what: string;
    /** What stays, however old it is. */
    stays: string | null;
    /** In words, such as "14 days". */
    kept: string;
    /** The variable that says so; null for a fixed time. */
    variable: string | null;
    ranAtMs: number | null;
    /** Rows of the last round, and of all rounds. */
    removed: number;
    removedTotal: number;
    /** The last round removed as much as a round may, and more is left. */
    more: boolean;
  }[];
  /** The largest first; `rows` is an estimate, `dead` are rows that a vacuum has still to give back. */
  tables: { table: string; bytes: number; rows: number; dead: number; keptBecause: string | null }[];
};
