import { expect, it } from 'vitest';
import { lastWords } from '@/lib/jobs/last-words';

it('a Job’s last words are the line that tells of its failure, not what ClickHouse writes under it', () => {
  const log = `{"level":50,"msg":"clickhouse refused a statement"}
Constraint \`c\` for table t is violated at row 1. Insertion status:
Wrote 1 blocks and 180 rows on shard 0 replica 0, 127.0.0.1:9000 (average 0 ms per block)
.
`;
  expect(lastWords(log)).toBe('Constraint `c` for table t is violated at row 1. Insertion status.');
});

it('a log that tells of no failure ends with its last readable line, as a sentence', () => {
  expect(lastWords('Labelling 10 February\n180 conversations read\n{"kind":"relabel"}\n')).toBe(
    '180 conversations read.',
  );
  expect(lastWords('')).toBe('');
});
