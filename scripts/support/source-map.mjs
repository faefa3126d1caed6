// @ts-check
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/**
 * How many characters of a built file come from each source, by its source map; without one, all are of "unknown".
 * @param {string} file @param {string} code @returns {Map<string, number>}
 */
export function bytesBySource(file, code) {
  const url = /sourceMappingURL=(\S+)\s*$/.exec(code)?.[1];
  const path = url ? join(dirname(file), url) : '';
  if (!existsSync(path)) return new Map([['unknown', code.length]]);
  const map = JSON.parse(readFileSync(path, 'utf8'));
  const sections = map.sections ?? [{ offset: { line: 0, column: 0 }, map }];
  /** @type {[line: number, column: number, source: string][]} */
  const starts = sections.flatMap((/** @type {any} */ section) => segmentsOf(section));
  starts.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const lines = code.split('\n');
  /** @type {Map<string, number>} */
  const sums = new Map();
  for (const [at, [line, column, source]] of starts.entries()) {
    const next = starts[at + 1];
    const end = next && next[0] === line ? next[1] : (lines[line]?.length ?? column);
    sums.set(source, (sums.get(source) ?? 0) + Math.max(0, end - column));
  }
  return sums;
}

/** @param {{ offset: { line: number, column: number }, map: { mappings: string, sources: string[] } }} section */
function segmentsOf({ offset, map }) {
  /** @type {[number, number, string][]} */
  const found = [];
  let source = 0;
  for (const [line, text] of map.mappings.split(';').entries()) {
    let column = line === 0 ? offset.column : 0;
    for (const segment of text.split(',').filter(Boolean)) {
      const [moved = 0, bySource] = numbersOf(segment);
      column += moved;
      source += bySource ?? 0;
      found.push([offset.line + line, column, bySource === undefined ? 'unknown' : (map.sources[source] ?? 'unknown')]);
    }
  }
  return found;
}

/** The numbers of a segment, which are written in base 64 with a bit that says that more follows. @param {string} text */
function numbersOf(text) {
  const numbers = [];
  let value = 0;
  let shift = 0;
  for (const digit of text) {
    const bits = digits.indexOf(digit);
    value += (bits & 31) << shift;
    shift += 5;
    if (bits & 32) continue;
    numbers.push(value & 1 ? -(value >> 1) : value >> 1);
    value = 0;
    shift = 0;
  }
  return numbers;
}
