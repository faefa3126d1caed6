/** A row of docs/glossary.md: the words that it defines, and their definition, as plain text. */
export type GlossaryEntry = { group: string; words: string[]; definition: string };

/** Markdown of a table cell as plain text: without links, backticks and escapes. */
const plain = (cell: string): string =>
  cell
    .replace(/\[([^\]]+)\]\([^)]*\)/g, '$1')
    .replaceAll('`', '')
    .replaceAll('\\|', '|')
    .trim();

/** "due, late" defines two words; a name in brackets, as in "right key (`rightKey`)", is that of the code. */
const wordsOf = (cell: string): string[] =>
  plain(cell.replace(/\s*\(`[^)]*\)/g, ''))
    .split(/, | and (?=N\/A$)/)
    .map((word) => word.trim());

/** The entries of a glossary: the rows of its tables, under the heading that they stand below. */
export function glossaryOf(markdown: string): GlossaryEntry[] {
  const entries: GlossaryEntry[] = [];
  let group = '';
  for (const line of markdown.split('\n')) {
    const heading = /^##\s+(.+)$/.exec(line);
    if (heading?.[1]) group = heading[1].trim();
    const [, word, definition] = /^\|\s*(.+?)\s*(?<!\\)\|\s*(.+?)\s*\|$/.exec(line) ?? [];
    if (!word || !definition || word === 'Word' || /^[-: ]+$/.test(word)) continue;
    entries.push({ group, words: wordsOf(word), definition: plain(definition) });
  }
  return entries;
}

/** The entry that defines a word, whatever its capitals; undefined if the glossary does not have it. */
export const entryOf = (entries: readonly GlossaryEntry[], word: string): GlossaryEntry | undefined =>
  entries.find(({ words }) => words.some((one) => one.toLowerCase() === word.toLowerCase()));

/** What Help shows besides the keys: the words, whom to ask (null where nobody said), and the release. */
export type Help = { words: GlossaryEntry[]; contact: string | null; version: string; commit: string };
