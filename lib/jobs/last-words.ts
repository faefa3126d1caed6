const ofFailure = /\b(error|exception|violated|failed|refused|denied|cannot|timed out)\b/i;

/** The last line of a Job's log that a person can read, as a sentence: of the last five, one that speaks of a failure. */
export function lastWords(log: string): string {
  const lines = log
    .trimEnd()
    .split('\n')
    .filter((line) => /\p{L}/u.test(line) && !line.startsWith('{'));
  // NOTE: ClickHouse writes "Wrote 180 rows" under the error of an insert that wrote none.
  const words = lines.slice(-5).findLast((line) => ofFailure.test(line)) ?? lines.at(-1) ?? '';
  return words
    .slice(0, 300)
    .replace(/[\s:,;]+$/, '')
    .replace(/[^.!?]$/, '$&.');
}
