import type { Engine } from '../engine/engine';
import type { EngineOutcome } from '../engine/messages';
import { applyEdits, type Edit } from '../sql/edit';
import { keyword } from '../sql/lexer';
import { literal } from '../sql/quote';
import { isRead } from '../sql/statement';
import type { Work } from './body';
import { type Counts, noCounts } from './headers';
import { idSetting, prepare } from './prepare';
import type { QueryRequest } from './request';
import type { ClientSession } from './sessions';

/** A statement that may run now: allowed, with a slot, and with its session if it has one. */
export type Job = {
  engine: Engine;
  asked: QueryRequest;
  work: Work;
  session: ClientSession | null;
  /** Aborts when the client goes away. */
  gone: AbortSignal;
};

/** Settings of a statement that gives one row out of nothing: threads would only cost. */
const tiny: [string, string][] = [
  ['max_threads', '1'],
  ['output_format_parallel_formatting', '0'],
];

/** Gives the statement, edited and prepared, to the engine. */
export function execute(job: Job, kind: 'read' | 'write', edits: Edit[], tail = ''): Promise<EngineOutcome> {
  const { engine, asked, session, work } = job;
  const { statement } = work;
  const { setup, values } = prepare(asked, session, !session && statement.size === 'one' ? tiny : []);
  const text = Buffer.concat([
    Buffer.from(values),
    applyEdits(work.text, [...edits, ...processEdits(work)]),
    Buffer.from(tail),
  ]);
  const format = statement.format ?? asked.defaultFormat;
  const drops = session !== null && statement.verb === 'DROP';
  return engine.run({ kind, session: session?.number ?? null, setup, reuse: isRead(statement), drops, text, format });
}

const clientId = `if(Settings[${literal(idSetting)}] = '', query_id, Settings[${literal(idSetting)}])`;
const shownText = String.raw`replaceRegexpOne(query, ' (INTO OUTFILE|FROM INFILE) \'[^\']*\'( APPEND (?: FORMAT \\w+)?)?', '')`;
const processTable = `(SELECT * REPLACE (${clientId} AS query_id, ${shownText} AS query) FROM system.processes)`;

/**
 * Shows clients their own query ids: reads of `system.processes` see them, and KILL QUERY finds them.
 * NOTE: KILL ... SYNC does not return in this engine and takes its connection along.
 */
function processEdits({ statement }: Work): Edit[] {
  const { verb, head } = statement;
  const [show, list] = head;
  if (show && list && verb === 'SHOW' && keyword(list) === 'PROCESSLIST') {
    return [{ start: show.start, end: list.end, text: `SELECT * FROM ${processTable} ORDER BY elapsed DESC` }];
  }
  if (verb !== 'KILL') return statement.processes.map(({ start, end }) => ({ start, end, text: processTable }));
  return head.flatMap((token) => {
    const name = token.kind === 'string' || token.kind === 'sign' ? '' : token.text.toLowerCase();
    if (name === 'query_id') return { start: token.start, end: token.end, text: clientId };
    return name === 'sync' ? { start: token.start, end: token.end, text: 'ASYNC' } : [];
  });
}

/** Stops a running statement. */
export async function killQuery(engine: Engine, queryId: string): Promise<void> {
  const where = `Settings[${literal(idSetting)}] = ${literal(queryId)}`;
  await engine.ask(`KILL QUERY WHERE ${where} ASYNC`).catch(() => {});
}

/** How far a running statement is; null when it does not run (any more). */
export async function progressOf(engine: Engine, queryId: string): Promise<Counts | null> {
  const fields = 'read_rows, read_bytes, written_rows, written_bytes, total_rows_approx, elapsed * 1000';
  const where = `Settings[${literal(idSetting)}] = ${literal(queryId)}`;
  const rows = await engine.ask(`SELECT ${fields} FROM system.processes WHERE ${where} LIMIT 1`).catch(() => '');
  if (rows === '') return null;
  const [readRows = 0, readBytes = 0, writtenRows = 0, writtenBytes = 0, totalRows = 0, elapsedMs = 0] = rows
    .trim()
    .split('\t')
    .map(Number);
  return { ...noCounts, readRows, readBytes, writtenRows, writtenBytes, totalRows, elapsedMs };
}
