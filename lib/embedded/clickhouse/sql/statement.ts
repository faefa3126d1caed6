import { isSign, keyword, type Token, tokens } from './lexer';
import { type Size, sizeOf } from './size';

/** A statement as far as the interface must understand it to run it: offsets are bytes into its text. */
export type Statement = {
  /** Its own keyword, in capitals, behind parentheses and WITH; EXPLAIN stays EXPLAIN. */
  verb: string;
  /** The first tokens: enough for whatever names a table or a kind. */
  head: Token[];
  /** First two keywords of each part between commas at the top level; the first part is the statement's own. */
  parts: [string, string][];
  /** Lower-case names of everything that is called like a function, and the names as they were written. */
  calls: Set<string>;
  called: Token[];
  /** The function `format` with the format Values, whose text holds expressions. */
  formatsValues: boolean;
  /** Where `system.processes` is read from. */
  processes: { start: number; end: number }[];
  /** Format named at the end of a read or before the rows of an INSERT; null when there is none. */
  format: string | null;
  /** Where `INTO OUTFILE` goes in a read and `FROM INFILE` in an INSERT; with `input` the place of FORMAT. */
  pipeAt: number;
  /** The end of its text: here the rows of an INSERT begin, or a semicolon follows. */
  end: number;
  /** How an INSERT takes the rows that follow it: by VALUES or FORMAT, or through the function `input`. */
  rows: 'none' | 'values' | 'format' | 'input';
  /** Of the call of `input`, from its name to its parenthesis. */
  input: { start: number; end: number } | null;
  /** The client's own INTO OUTFILE or FROM INFILE. */
  file: boolean;
  /** How much a read can answer. */
  size: Size;
};

/** Statements that answer with rows in a format, and that the engine can write into a pipe. */
const reads = new Set(['SELECT', 'SHOW', 'DESCRIBE', 'DESC', 'EXPLAIN', 'EXISTS', 'FROM']);
const headMax = 64;
const tailMax = 512;

export const isRead = (statement: Statement): boolean => reads.has(statement.verb);

/** A second statement in one request, which ClickHouse's HTTP interface refuses too. */
export class MultipleStatements extends Error {
  readonly position: number;
  constructor(position: number) {
    super('Multi-statements are not allowed');
    this.position = position;
  }
}

/**
 * Reads a statement; of an INSERT only up to its rows. Throws MultipleStatements when another follows.
 * Syntax is not checked here: the engine does that, and answers in its own words.
 */
export function readStatement(text: string): Statement {
  const scan = new Scan();
  for (const token of tokens(text)) {
    if (isSign(token, ';')) {
      for (const next of tokens(text, token.end)) {
        if (!isSign(next, ';')) throw new MultipleStatements(token.start + 1);
      }
      scan.statement.end = token.start;
      return scan.finish();
    }
    if (scan.add(token)) return scan.finish();
  }
  scan.statement.end = scan.last?.end ?? 0;
  return scan.finish();
}

class Scan {
  readonly statement: Statement = {
    verb: '',
    head: [],
    parts: [],
    calls: new Set(),
    called: [],
    formatsValues: false,
    processes: [],
    format: null,
    pipeAt: -1,
    end: 0,
    rows: 'none',
    input: null,
    file: false,
    size: 'any',
  };
  /** The newest tokens at the top level: a trailing FORMAT is among them. */
  private tail: Token[] = [];
  private recent: Token[] = [];
  private depth = 0;
  private top = new Set<string>();
  private below = new Set<string>();
  /** Tokens of the part at hand; parts end where SETTINGS begin. */
  private partOpen = 0;
  private settings = false;
  private lead = '';
  /** Tokens of the top level since INSERT; -1 before it. */
  private sinceInsert = -1;

  get last(): Token | undefined {
    return this.recent.at(-1);
  }

  /** True when the rows of an INSERT begin behind this token. */
  add(token: Token): boolean {
    const { statement } = this;
    const previous = this.last;
    const word = keyword(token);
    if (statement.head.length < headMax) statement.head.push(token);
    this.noteCalls(token, previous);
    if (isSign(token, '(') || isSign(token, '[')) this.depth += 1;
    else if (isSign(token, ')') || isSign(token, ']')) this.depth -= 1;
    else if (!this.lead) this.lead = word || token.text;
    this.noteVerb(word, previous);
    if (word) (this.depth > 0 ? this.below : this.top).add(word);
    this.recent.push(token);
    if (this.recent.length > 8) this.recent.shift();
    if (this.depth > 0) return false;
    if ((word === 'OUTFILE' && keyword(previous) === 'INTO') || (word === 'INFILE' && keyword(previous) === 'FROM')) {
      statement.file = true;
    }
    this.noteParts(token, word);
    this.tail.push(token);
    if (this.tail.length > tailMax) this.tail.splice(0, tailMax / 2);
    return statement.verb === 'INSERT' && this.endsInsert(token, word, previous);
  }

  private noteCalls(token: Token, previous: Token | undefined) {
    const named = previous?.kind === 'word' || previous?.kind === 'quoted';
    if (isSign(token, '(') && previous && named) {
      const name = previous.text.toLowerCase();
      this.statement.calls.add(name);
      this.statement.called.push(previous);
      if (name === 'input') this.statement.input = { start: previous.start, end: token.end };
    }
    const [from, database, dot] = this.recent.slice(-3);
    const formats = isSign(dot, '(') && database?.text.toLowerCase() === 'format';
    this.statement.formatsValues ||= formats && /^values$|\\/i.test(token.text);
    if (token.text !== 'processes' || !isSign(dot, '.') || database?.text !== 'system') return;
    if (keyword(from) === 'FROM' || keyword(from) === 'JOIN' || isSign(from, ',')) {
      this.statement.processes.push({ start: database.start, end: token.end });
    }
  }

  private noteVerb(word: string, previous: Token | undefined) {
    const { statement } = this;
    if (statement.verb) return;
    if (this.lead !== 'WITH') statement.verb = this.lead;
    else if (this.depth === 0 && /^(SELECT|INSERT|FROM)$/.test(word) && keyword(previous) !== 'AS')
      statement.verb = word;
  }

  private noteParts(token: Token, word: string) {
    const { parts } = this.statement;
    this.settings ||= word === 'SETTINGS';
    if (this.settings) return;
    if (this.partOpen === 0) parts.push([word, '']);
    else if (this.partOpen === 1) parts[parts.length - 1] = [parts.at(-1)?.[0] ?? '', word];
    this.partOpen += 1;
    if (isSign(token, ',')) this.partOpen = 0;
  }

  private endsInsert(token: Token, word: string, previous: Token | undefined): boolean {
    const { statement } = this;
    this.sinceInsert += 1;
    if (this.sinceInsert < 2) return false;
    const selects = statement.rows === 'input' || /^(SELECT|WITH|FROM)$/.test(word);
    if (selects && !statement.file) statement.rows = 'input';
    const named = !isSign(previous, '.') && this.named();
    if (statement.pipeAt < 0 && /^(SETTINGS|VALUES|FORMAT)$/.test(word) && named) statement.pipeAt = token.start;
    const formatted = keyword(previous) === 'FORMAT' && statement.pipeAt >= 0 && statement.pipeAt < token.start;
    if (statement.rows === 'input' && !(formatted && statement.input)) return false;
    const values = word === 'VALUES' && !formatted;
    if (!values && !formatted) return false;
    if (values && statement.pipeAt < 0) return false;
    if (statement.rows === 'input') statement.pipeAt = previous?.start ?? token.start;
    else statement.rows = values ? 'values' : 'format';
    statement.format = values ? 'Values' : token.text;
    statement.end = token.end;
    return true;
  }

  /** Whether the table's name was already read. INTO, TABLE and FUNCTION may come before it. */
  private named(): boolean {
    const at = this.tail.findLastIndex((token) => /^(INSERT|INTO|TABLE|FUNCTION)$/.test(keyword(token)));
    return this.tail.length - at > 2;
  }

  finish(): Statement {
    const { statement } = this;
    if (statement.rows === 'input' && statement.format === null) statement.rows = 'none';
    if (statement.verb === 'INSERT') return statement;
    const { verb, calls } = statement;
    statement.size = sizeOf({ verb, top: this.top, below: this.below, calls, tail: this.tail });
    const at = this.tail.findLastIndex((token, index) => keyword(token) === 'FORMAT' && this.endsWithFormat(index));
    const name = this.tail[at + 1];
    if (at >= 0 && name) statement.format = name.text;
    statement.pipeAt = at >= 0 ? (this.tail[at]?.start ?? statement.end) : (this.last?.end ?? statement.end);
    return statement;
  }

  /** Only its name, and SETTINGS or INTO, may follow FORMAT. */
  private endsWithFormat(at: number): boolean {
    const [name, after] = [this.tail[at + 1], this.tail[at + 2]];
    if (at === 0 || !name || name.kind === 'sign') return false;
    return !after || keyword(after) === 'SETTINGS' || keyword(after) === 'INTO';
  }
}
