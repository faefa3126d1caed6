import { describe, expect, test } from 'vitest';
import { AppError } from '@/lib/errors';
import { parseFilter, parseInstant, parseRange, rangeEndName, rangeStartName } from '@/lib/labeler/model';

const at = '2026-02-10T00:00:00.000Z';
const later = '2026-02-11T00:00:00.000Z';

describe('the range variables', () => {
  test('are RFC 3339 instants, in any offset', () => {
    expect(parseInstant('X', at)).toBe(Date.UTC(2026, 1, 10));
    expect(parseInstant('X', '2026-02-09T16:00:00-08:00')).toBe(Date.UTC(2026, 1, 10));
    expect(parseInstant('X', '2026-02-10T05:45:00.5+05:45')).toBe(Date.UTC(2026, 1, 10) + 500);
  });

  test.each(['2026-02-10', '2026-02-10 00:00:00Z', '2026-02-10T00:00:00', '2026-02-30T00:00:00Z', '1770681600', ''])(
    'refuse "%s" with a sentence that names the variable',
    (text) => {
      expect(() => parseInstant(rangeStartName, text)).toThrow(AppError);
      expect(() => parseInstant(rangeStartName, text)).toThrow(rangeStartName);
    },
  );

  test('are given both or neither', () => {
    expect(parseRange(null, null, false)).toBeNull();
    expect(() => parseRange(at, null, false)).toThrow(rangeEndName);
    expect(() => parseRange(null, later, false)).toThrow(rangeStartName);
  });

  test('hold at least an instant', () => {
    expect(parseRange(at, later, false)).toEqual({
      fromMs: Date.UTC(2026, 1, 10),
      toMs: Date.UTC(2026, 1, 11),
      endInclusive: false,
    });
    expect(() => parseRange(at, at, false)).toThrow('The range is empty');
    expect(parseRange(at, at, true)?.endInclusive).toBe(true);
    expect(() => parseRange(later, at, true)).toThrow('The range is empty');
  });
});

describe('the customer filter', () => {
  test('is one id or a comma list, each once', () => {
    expect(parseFilter(null)).toBeNull();
    expect(parseFilter('alaska-air')).toEqual(['alaska-air']);
    expect(parseFilter('a, b,a')).toEqual(['a', 'b']);
  });

  test.each(['', ' ', 'a,,b', 'a b', "a'--"])('refuses "%s"', (filter) => {
    expect(() => parseFilter(filter)).toThrow(AppError);
  });
});
