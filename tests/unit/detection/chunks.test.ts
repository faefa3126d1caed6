import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planChunks } from '@/lib/detection/judge/chunks';

const dayMs = 86_400_000;
const range = { fromMs: 10 * dayMs + 3_600_000, toMs: 20 * dayMs + 3_600_000 };
const dates = fc.uniqueArray(fc.record({ date: fc.integer({ min: 10, max: 20 }), rows: fc.nat(500) }), {
  selector: (one) => one.date,
});

describe('chunks of a range', () => {
  it('cover it without gap or overlap, whatever the rows', () => {
    fc.assert(
      fc.property(dates, fc.integer({ min: 1, max: 300 }), (made, rowsMax) => {
        const rows = made.map(({ date, rows }) => ({ dateMs: date * dayMs, rows }));
        const chunks = planChunks(range, rows, rowsMax);
        expect(chunks[0]?.fromMs).toBe(range.fromMs);
        expect(chunks.at(-1)?.toMs).toBe(range.toMs);
        chunks.forEach((chunk, at) => {
          expect(chunk.toMs).toBeGreaterThan(chunk.fromMs);
          if (at > 0) expect(chunk.fromMs).toBe(chunks[at - 1]?.toMs);
        });
      }),
    );
  });

  it('hold about as many rows as asked, cut at UTC dates', () => {
    const rows = Array.from({ length: 11 }, (_, at) => ({ dateMs: (10 + at) * dayMs, rows: 100 }));
    const chunks = planChunks(range, rows, 300);
    expect(chunks.map((chunk) => (chunk.toMs - chunk.fromMs) / 3_600_000)).toEqual([71, 72, 72, 25]);
  });

  it('cut a date of more than four times the rows into parts', () => {
    const rows = [{ dateMs: 12 * dayMs, rows: 1_000 }];
    expect(planChunks(range, rows, 100).length).toBeGreaterThanOrEqual(10);
    expect(planChunks(range, rows, 300)).toHaveLength(1);
  });
});
