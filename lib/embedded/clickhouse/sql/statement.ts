import { keyword, type Token, tokens } from './lexer';

/** A statement as far as the interface must understand it to run it: offsets are bytes into its text. */
export type Statement = {
  /** First keyword, in capitals; the statement's own one behind WITH, EXPLAIN and parentheses is `verb`. */
  lead: string;
  verb: string;
  tokens: Token[];
  /** Format named at the end (reads) or before the data (INSERT); null when there is none. */
  format: string | null;
  /** Where `INTO OUTFILE` goes in a read, and `FROM INFILE` in an INSERT. */
  pipeAt: number;
  /** Where the text of the statement ends: rows of an INSERT begin here, or a semicolon stands here. */
  end: number;
  /** True for an INSERT whose rows follow the statement; its rows may also be none. */
  takesData: boolean;
};

/** Statements that answer with rows in a format and may be written into a pipe by the engine. */
const reads = new Set(['SELECT', 'SHOW', 'DESCRIBE', 'DESC', 'EXPLAIN', 'EXISTS', 'FROM']);
const verbs = new Set([...reads, 'INSERT']);

export const isRead = (statement: Statement): boolean => statement.verb !== 'INSERT' && reads.has(statement.lead);

/**
 * Reads the head of a statement; of an INSERT only up to its rows. Throws `MultipleStatements` when another follows.
 * Syntax is not checked here: the engine does that, and answers in its own words.
 */
export function readStatement(text: string): Statement {
  const list: Token[] = [];
  const state: { verb: string; verbAt: number; depth: number } = { verb: '', verbAt: -1, depth: 0 };
  const insert = { target: false, done: false };
  for (const token of tokens(text)) {
    if (token.text === ';' && token.kind === 'sign') {
      for (const _ of tokens(text, token.end)) throw new MultipleStatements(token);
      return finish(text, list, state.verb, token.start);
    }
    list.push(token);
    if (token.kind === 'sign' && (token.text === '(' || token.text === '[')) state.depth += 1;
    if (token.kind === 'sign' && (token.text === ')' || token.text === ']')) state.depth -= 1;
    const word = keyword(token);
    const previous = list.at(-2);
    if (!state.verb && verbs.has(word) && keyword(previous) !== 'AS' && previous?.text !== '.') {
      if (state.depth === 0 || keyword(list.find((t) => t.text !== '(')) !== 'WITH') state.verb = word;
    }
    if (state.verb !== 'INSERT' || state.depth > 0) continue;
    if (word === 'SELECT' || word === 'WITH' || word === 'WATCH') insert.done = true;
    if (!insert.done && (word === 'VALUES' || keyword(previous) === 'FORMAT') && list.length > 2) {
      return {
        ...finish(text, list, 'INSERT', token.end),
        takesData: true,
        format: word === 'VALUES' ? 'Values' : token.text,
      };
    }
  }
  return finish(text, list, state.verb, list.at(-1)?.end ?? 0);
}

function finish(text: string, list: Token[], verb: string, end: number): Statement {
  const lead = keyword(list.find((token) => token.text !== '('));
  const formatAt = trailingFormat(list);
  return {
    lead: lead === 'WITH' ? verb || lead : lead,
    verb: verb || lead,
    tokens: list,
    format: formatAt < 0 ? null : (list[formatAt + 1]?.text ?? null),
    pipeAt: verb === 'INSERT' ? insertPipeAt(list, end) : (list[formatAt]?.start ?? list.at(-1)?.end ?? end),
    end: Math.min(end, text.length),
    takesData: false,
  };
}

/** Index of the FORMAT keyword that ends a read: only its name and SETTINGS may follow. */
function trailingFormat(list: Token[]): number {
  let depth = 0;
  let found = -1;
  list.forEach((token, index) => {
    if (token.kind === 'sign') depth += token.text === '(' ? 1 : token.text === ')' ? -1 : 0;
    const after = list[index + 2];
    if (depth || keyword(token) !== 'FORMAT' || !list[index + 1] || list[index + 1]?.kind === 'sign') return;
    if (!after || keyword(after) === 'SETTINGS' || keyword(after) === 'INTO') found = index;
  });
  return found;
}

/** Behind table and columns: before SETTINGS, VALUES or FORMAT at the top level. */
function insertPipeAt(list: Token[], end: number): number {
  let depth = 0;
  for (const [index, token] of list.entries()) {
    if (token.kind === 'sign') depth += token.text === '(' ? 1 : token.text === ')' ? -1 : 0;
    if (depth === 0 && index > 2 && /^(SETTINGS|VALUES|FORMAT)$/.test(keyword(token))) return token.start;
  }
  return end;
}

/** A second statement in one request, which ClickHouse's HTTP interface refuses too. */
export class MultipleStatements extends Error {
  readonly position: number;
  constructor(token: Token) {
    super('Multi-statements are not allowed');
    this.position = token.start + 1;
  }
}
