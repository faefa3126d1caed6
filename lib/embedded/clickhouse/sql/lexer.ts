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

const word = /[A-Za-z_$][\w$]*/y;
const number = /[0-9]\w*/y;
/** Bytes above 127 outside quotes are blanks for the engine, or it refuses them. */
const blank = /[\s\0\x80-\xff]+/y;
const heredoc = /\$\w*\$/y;
/** Typographic quotes, which the engine takes for plain ones; three bytes of UTF-8 each. */
const curly: Record<string, [close: string, kind: 'string' | 'quoted']> = {
  '\xe2\x80\x98': ['\xe2\x80\x99', 'string'],
  '\xe2\x80\x9c': ['\xe2\x80\x9d', 'quoted'],
};

/**
 * The tokens of `text` from `from` on, lazily, so that the rows behind an INSERT are never read.
 * Follows the engine's own lexer [run]: block comments nest, `//` and `# ` are comments too, strings know backslashes
 * and doubled quotes. What is unterminated reaches to the end; the engine then refuses the statement itself.
 */
export function* tokens(text: string, from = 0): Generator<Token, void> {
  for (let at = from; at < text.length; ) {
    const token = tokenAt(text, at);
    if (typeof token === 'number') at = token;
    else {
      yield token;
      at = token.end;
    }
  }
}

/** The token at `start`, or where a blank or comment that begins there ends. */
function tokenAt(text: string, start: number): Token | number {
  const pair = text.slice(start, start + 2);
  if (pair === '--' || pair === '//' || pair === '#!' || pair === '# ') return behind(text, '\n', start);
  if (pair === '/*') return behindComment(text, start + 2);
  const char = text[start] ?? '';
  const fancy = curly[text.slice(start, start + 3)];
  if (fancy) return between(text, start, 3, fancy[0], fancy[1]);
  if (char === "'") return quoted(text, start, char, 'string');
  if (char === '"' || char === '`') return quoted(text, start, char, 'quoted');
  const tag = char === '$' ? match(heredoc, text, start) : '';
  if (tag && text.indexOf(tag, start + tag.length) > 0) return between(text, start, tag.length, tag, 'string');
  const name = match(word, text, start);
  if (name) return { kind: 'word', text: name, start, end: start + name.length };
  const digits = match(number, text, start);
  if (digits) return { kind: 'number', text: digits, start, end: start + digits.length };
  const gap = match(blank, text, start);
  return gap ? start + gap.length : { kind: 'sign', text: char, start, end: start + 1 };
}

function match(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? '';
}

function quoted(text: string, start: number, quote: string, kind: 'string' | 'quoted'): Token {
  let at = start + 1;
  let escaped = text.indexOf('\\', at);
  for (;;) {
    const close = text.indexOf(quote, at);
    if (escaped >= 0 && escaped < at) escaped = text.indexOf('\\', at);
    if (escaped >= 0 && (close < 0 || escaped < close)) at = escaped + 2;
    else if (close >= 0 && text[close + 1] === quote) at = close + 2;
    else
      return {
        kind,
        text: text.slice(start + 1, close < 0 ? text.length : close),
        start,
        end: close < 0 ? text.length : close + 1,
      };
  }
}

function between(text: string, start: number, open: number, close: string, kind: 'string' | 'quoted'): Token {
  const end = behind(text, close, start + open);
  return { kind, text: text.slice(start + open, end - close.length), start, end };
}

function behind(text: string, mark: string, from: number): number {
  const found = text.indexOf(mark, from);
  return found < 0 ? text.length : found + mark.length;
}

function behindComment(text: string, from: number): number {
  let at = from;
  for (let depth = 1; depth > 0 && at < text.length; ) {
    const close = behind(text, '*/', at);
    const open = text.indexOf('/*', at);
    const nested = open >= 0 && open + 2 <= close - 2;
    depth += nested ? 1 : -1;
    at = nested ? open + 2 : close;
  }
  return at;
}

/** The keyword of a bare word in capitals; '' for any other token. */
export const keyword = (token: Token | undefined): string => (token?.kind === 'word' ? token.text.toUpperCase() : '');

/** Whether the token is this sign. */
export const isSign = (token: Token | undefined, sign: string): boolean =>
  token?.kind === 'sign' && token.text === sign;
