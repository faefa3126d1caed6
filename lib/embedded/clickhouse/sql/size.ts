import { isSign, keyword, type Token } from './lexer';

/** How much a read can answer: one row out of nothing but its own text, few rows, or any number of them. */
export type Size = 'one' | 'few' | 'any';

const rowsMax = 1000;
const lists = new Set(['SHOW', 'DESCRIBE', 'DESC', 'EXISTS', 'EXPLAIN']);
const moreThanOneSelect = ['UNION', 'EXCEPT', 'INTERSECT', 'ARRAY', 'PARALLEL'];
const manyRows = ['arrayjoin', 'unnest', 'explode'];

/** Keywords at the top level and below it, what is called, and the last tokens of the top level. */
type Seen = { verb: string; top: Set<string>; below: Set<string>; calls: Set<string>; tail: Token[] };

/** Errs towards `any`: only what certainly stays small is called so. */
export function sizeOf({ verb, top, below, calls, tail }: Seen): Size {
  if (lists.has(verb)) return 'few';
  if (verb !== 'SELECT' || !top.has('SELECT') || moreThanOneSelect.some((word) => top.has(word))) return 'any';
  if (top.has('FROM')) return limitOf(tail) <= rowsMax ? 'few' : 'any';
  if (manyRows.some((name) => calls.has(name))) return 'any';
  const alone = !below.has('SELECT') && !below.has('FROM') && !top.has('IN') && !below.has('IN');
  // A statement that reads a setting must see the one that the client gave.
  return alone && !calls.has('getsetting') && !calls.has('getsettingordefault') ? 'one' : 'few';
}

/** Rows that the last LIMIT lets through; without end for none, and for those that limit something else. */
function limitOf(tail: Token[]): number {
  const at = tail.findLastIndex((token) => keyword(token) === 'LIMIT');
  const [first, sign, second] = [tail[at + 1], tail[at + 2], tail[at + 3]];
  if (at < 0 || first?.kind !== 'number') return Number.POSITIVE_INFINITY;
  const pair = isSign(sign, ',') || keyword(sign) === 'OFFSET';
  if (pair && second?.kind !== 'number') return Number.POSITIVE_INFINITY;
  const after = keyword(tail[at + (pair ? 4 : 2)]);
  const ends = tail.length === at + (pair ? 4 : 2) || after === 'SETTINGS' || after === 'FORMAT';
  return ends ? Number(isSign(sign, ',') ? second?.text : first.text) : Number.POSITIVE_INFINITY;
}
