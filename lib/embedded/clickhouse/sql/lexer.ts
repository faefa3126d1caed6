/**
 * A token of ClickHouse's SQL. Offsets count bytes: the text is read as latin1, one character a byte.
 * `word` is a bare identifier or keyword; `quoted` an identifier in backticks or double quotes, its name unquoted.
 */
export type Token = {
  kind: 'word' | 'quoted' | 'string' | 'number' | 'sign';
  text: string;
  start: number;
  end: number;
};

const space = /[\s\0]/;
const wordStart = /[A-Za-z_$\x80-\xff]/;
const wordPart = /[A-Za-z0-9_$\x80-\xff]/;
const numberPart = /[A-Za-z0-9_.]/;

/**
 * The tokens of `text` from `from` on, lazily, so that the rows behind an INSERT are never read.
 * Follows the engine's own lexer: comments do not nest, strings know backslashes and doubled quotes.
 * An unterminated string or comment ends the text; the engine then refuses the statement itself.
 */
export function* tokens(text: string, from = 0): Generator<Token, void> {
  let at = from;
  while (at < text.length) {
    const char = text[at] ?? '';
    const pair = text.slice(at, at + 2);
    if (space.test(char)) at += 1;
    else if (pair === '--' || pair === '#!' || pair === '# ') at = until(text, '\n', at);
    else if (pair === '/*') at = until(text, '*/', at + 2);
    else {
      const token = tokenAt(text, at, char);
      yield token;
      at = token.end;
    }
  }
}

function tokenAt(text: string, start: number, char: string): Token {
  if (char === "'") return quoted(text, start, char, 'string');
  if (char === '"' || char === '`') return quoted(text, start, char, 'quoted');
  if (char === '$') {
    const tag = /^\$\w*\$/.exec(text.slice(start, start + 256))?.[0];
    const close = tag ? text.indexOf(tag, start + tag.length) : -1;
    if (tag && close > 0) return { kind: 'string', text: '', start, end: close + tag.length };
  }
  if (wordStart.test(char)) return run(text, start, wordPart, 'word');
  if (/[0-9]/.test(char)) return run(text, start, numberPart, 'number');
  return { kind: 'sign', text: char, start, end: start + 1 };
}

function run(text: string, start: number, part: RegExp, kind: 'word' | 'number'): Token {
  let end = start + 1;
  while (end < text.length && part.test(text[end] ?? '')) end += 1;
  return { kind, text: text.slice(start, end), start, end };
}

function quoted(text: string, start: number, quote: string, kind: 'string' | 'quoted'): Token {
  let at = start + 1;
  while (at < text.length) {
    const char = text[at];
    if (char === '\\') at += 2;
    else if (char !== quote) at += 1;
    else if (text[at + 1] === quote) at += 2;
    else break;
  }
  return { kind, text: text.slice(start + 1, at), start, end: Math.min(at + 1, text.length) };
}

function until(text: string, mark: string, from: number): number {
  const found = text.indexOf(mark, from);
  return found < 0 ? text.length : found + mark.length;
}

/** The keyword of a bare word in capitals; '' for any other token. */
export const keyword = (token: Token | undefined): string => (token?.kind === 'word' ? token.text.toUpperCase() : '');
