import { isSign, type Token, tokens } from '../sql/lexer';
import { outsideName } from '../sql/rights';

/** Longer tokens are shortened between two chunks: no name is that long, and of a string only its quotes matter. */
const keptMax = 1024;

/**
 * Passes on the rows of VALUES, whose values are expressions. Calls `refuse` at a call of what reaches outside the
 * tables; the chunk that has it is not passed on.
 */
export async function* checkValues(
  rows: AsyncIterable<Buffer>,
  outside: ReadonlySet<string>,
  refuse: (name: string) => never,
): AsyncGenerator<Buffer> {
  let pending = '';
  for await (const chunk of rows) {
    const text = pending + chunk.toString('latin1');
    let last: Token | undefined;
    for (const token of tokens(text)) {
      const name = last && isSign(token, '(') ? outsideName(last, outside) : null;
      if (name) refuse(name);
      last = token;
    }
    pending = last ? unfinished(text, last) : text;
    yield chunk;
  }
}

/** What the next chunk must be read with: the last token, which may go on, and what is behind it. */
function unfinished(text: string, last: Token): string {
  const rest = text.slice(last.start);
  const quote = rest[0] ?? '';
  if (rest.length <= keptMax || last.end < text.length || !/['"`]/.test(quote)) return rest;
  const closed = last.text.length === rest.length - 2;
  const escapes = /\\*$/.exec(rest)?.[0].length ?? 0;
  return closed ? quote + quote : quote + '\\'.repeat(escapes % 2);
}
