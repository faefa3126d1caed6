import type { Outcome } from './storm';

const seconds = (ms: number) => (ms / 1_000).toFixed(1);

export type KindRow = { kind: string; injected: number; survived: number; longestSeconds: number | null };

/** One row for each kind of fault, in the order of first injection. */
export function kindRows(outcomes: readonly Outcome[]): KindRow[] {
  const rows = new Map<string, KindRow>();
  for (const { fault, what, survivedMs } of outcomes) {
    const row = rows.get(fault.kind) ?? { kind: fault.kind, injected: 0, survived: 0, longestSeconds: null };
    rows.set(fault.kind, row);
    if (what === null) continue;
    row.injected += 1;
    if (survivedMs === null) continue;
    row.survived += 1;
    row.longestSeconds = Math.max(row.longestSeconds ?? 0, Number(seconds(survivedMs)));
  }
  return [...rows.values()];
}

/** The table for people. */
export function tableOf(rows: readonly KindRow[]): string {
  const line = (cells: (string | number)[]) =>
    cells.map((cell, at) => (at === 0 ? String(cell).padEnd(26) : String(cell).padStart(12))).join('');
  return [
    line(['fault', 'injected', 'survived', 'longest s']),
    ...rows.map((row) => line([row.kind, row.injected, row.survived, row.longestSeconds ?? '-'])),
  ].join('\n');
}
