import Table from 'cli-table3';
import { formatNumber } from '@/lib/words';
import { visible } from '../../lib/text';

const bare = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
};

export type Cell = string | number | null;

/** A plain table: numbers are aligned right with thousands separators, null is "-". */
export function table(head: string[], rows: Cell[][]): string {
  const numeric = head.map((_, column) => rows.some((row) => typeof row[column] === 'number'));
  const made = new Table({
    head,
    chars: bare,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
    colAligns: numeric.map((right) => (right ? 'right' : 'left')),
  });
  made.push(...rows.map((row) => row.map(text)));
  return made
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

function text(cell: Cell): string {
  if (cell === null) return '-';
  return typeof cell === 'number' ? formatNumber(cell) : visible(cell);
}

/** The answer of a command goes to stdout, everything else to stderr. */
export const answer = (line: string) => process.stdout.write(`${line}\n`);
export const say = (line: string) => process.stderr.write(`${line}\n`);

/** Prints JSON for programs, or what `draw` makes for people. */
export function show<Value>(value: Value, json: boolean, draw: (value: Value) => string): void {
  answer(json ? JSON.stringify(value) : draw(value));
}

/** A file of any length to stdout, no faster than its reader takes it. Throws what breaks it, so that it has no last line. */
export async function writeTexts(texts: AsyncIterable<string>, signal: AbortSignal): Promise<void> {
  for await (const text of texts) {
    signal.throwIfAborted();
    await new Promise<void>((resolve, reject) =>
      process.stdout.write(text, (error) => (error ? reject(error) : resolve())),
    );
  }
}
