import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Engine, EngineDown } from '../engine/engine';
import type { EngineOutcome } from '../engine/messages';
import { openReader } from '../engine/pipes';
import type { Slots } from '../engine/slots';
import type { ClientSession, Sessions } from '../sessions';
import { idSetting, prepare } from '../sql/prepare';
import { literal } from '../sql/quote';
import { checkRights } from '../sql/rights';
import { isRead, MultipleStatements } from '../sql/statement';
import type { UsersFile } from '../users';
import { decodedBody, readWork, type Work } from './body';
import { runInsert } from './insert';
import { engineProblem, Problem, problem } from './problem';
import { contentType, emptySummary, exceptionBlock, type Summary, sendProblem, summaryHeader } from './reply';
import { type QueryRequest, readRequest } from './request';

export type QueryContext = {
  engine: Engine;
  slots: Slots;
  sessions: Sessions;
  users: UsersFile;
  displayName: string;
  /** Names of table functions that reach outside the tables, in lower case. */
  outside: ReadonlySet<string>;
};

const bufferedBytesMax = 256 * 1024;

/** One request for the engine from its headers to the last byte of its answer. Never rejects. */
export async function handleQuery(context: QueryContext, request: IncomingMessage, response: ServerResponse) {
  const gone = new AbortController();
  response.once('close', () => gone.abort(new Error('The client went away')));
  response.setHeader('X-ClickHouse-Server-Display-Name', context.displayName);
  try {
    await answer(context, request, response, gone.signal);
  } catch (error) {
    const failure = asProblem(error);
    if (response.headersSent) response.destroy();
    else sendProblem(response, failure, context.engine.facts()?.version ?? 'unknown');
  }
}

async function answer(context: QueryContext, request: IncomingMessage, response: ServerResponse, gone: AbortSignal) {
  const asked = readRequest(request, context.users);
  const facts = context.engine.facts();
  if (!facts) throw engineDown();
  response.setHeader('X-ClickHouse-Query-Id', asked.queryId);
  response.setHeader('X-ClickHouse-Timezone', facts.timezone);
  const work = await readWork(asked.query, decodedBody(request));
  if (work.statement.tokens.length === 0) throw problem(62, 'SYNTAX_ERROR', 'Empty query');
  checkRights(work.statement, asked.user, context.outside);
  const held = context.sessions.enter(asked);
  try {
    const release = await context.slots.take(gone);
    try {
      const job: Job = { context, asked, work, session: held?.session ?? null, gone };
      if (isRead(work.statement)) await runRead(job, response);
      else await runOther(job, response);
    } finally {
      release();
    }
  } finally {
    held?.leave(false);
  }
}

export type Job = {
  context: QueryContext;
  asked: QueryRequest;
  work: Work;
  session: ClientSession | null;
  gone: AbortSignal;
};

/** A read streams through a pipe: any format, any size, at the pace of the client. */
async function runRead(job: Job, response: ServerResponse) {
  const { context, asked, work, session, gone } = job;
  const { engine } = context;
  const { prefix, undo } = prepare(asked, session);
  const format = work.statement.format ?? asked.defaultFormat ?? 'TabSeparated';
  const pipe = await engine.pipes.take();
  const reader = openReader(pipe);
  const text = work.text.toString();
  const at = byteToChar(work.text, work.statement.pipeAt);
  const tail = work.statement.format ? '' : ` FORMAT ${format}`;
  const sql = `${text.slice(0, at)} INTO OUTFILE '${pipe.path}' APPEND ${text.slice(at)}${tail}`;
  const kill = () => void killQuery(engine, asked.queryId);
  gone.addEventListener('abort', kill, { once: true });
  let clean = false;
  const finished = engine.run({ kind: 'query', session: session?.number ?? null, prefix, text: sql, format });
  finished.catch(() => reader.destroy());
  try {
    const tag = randomBytes(8).toString('hex');
    response.setHeader('X-ClickHouse-Format', format);
    response.setHeader('X-ClickHouse-Exception-Tag', tag);
    const kept: Buffer[] = [];
    let size = 0;
    const sendHead = (summary: Summary) => {
      response.setHeader('Content-Type', contentType(format));
      response.setHeader('X-ClickHouse-Summary', summaryHeader(summary));
      response.writeHead(200);
      for (const chunk of kept) response.write(chunk);
      kept.length = 0;
    };
    try {
      for await (const chunk of reader as AsyncIterable<Buffer>) {
        size += chunk.length;
        if (!response.headersSent) {
          kept.push(chunk);
          if (size > bufferedBytesMax && !asked.waitEnd) sendHead(emptySummary);
        } else if (!response.write(chunk)) await drained(response, gone);
      }
    } catch (error) {
      if (!gone.aborted) await finished;
      throw error;
    }
    try {
      const outcome = await finished;
      clean = true;
      if (!response.headersSent) sendHead(readSummary(outcome));
      response.end();
    } catch (error) {
      if (!response.headersSent) throw error;
      response.write(exceptionBlock(asProblem(error).message, tag));
      response.end();
    }
  } finally {
    gone.removeEventListener('abort', kill);
    reader.destroy();
    await finished.catch(() => {});
    engine.pipes.give(pipe, clean);
    await restore(job, undo);
  }
}

/** Anything else: the engine's whole answer, if it has one, comes back at once. */
async function runOther(job: Job, response: ServerResponse) {
  const { context, asked, work, session } = job;
  const { prefix, undo } = prepare(asked, session);
  const format = work.statement.format ?? asked.defaultFormat ?? 'TabSeparated';
  try {
    const insert = work.statement.verb === 'INSERT';
    const outcome = insert
      ? await runInsert(job, prefix)
      : await context.engine.run({
          kind: 'query',
          session: session?.number ?? null,
          prefix,
          text: work.text.toString(),
          format,
        });
    remember(job);
    const summary = insert
      ? {
          ...emptySummary,
          readRows: outcome.rows,
          readBytes: outcome.bytes,
          writtenRows: outcome.rows,
          writtenBytes: outcome.bytes,
          elapsedMs: outcome.elapsedMs,
        }
      : readSummary(outcome);
    response.setHeader('X-ClickHouse-Format', format);
    response.setHeader('X-ClickHouse-Summary', summaryHeader(summary));
    response.setHeader('Content-Type', contentType(format));
    response.writeHead(200);
    response.end(outcome.output);
  } finally {
    await restore(job, undo);
  }
}

const readSummary = (outcome: EngineOutcome): Summary => ({
  ...emptySummary,
  readRows: outcome.rows,
  readBytes: outcome.bytes,
  resultRows: outcome.rows,
  resultBytes: outcome.bytes,
  elapsedMs: outcome.elapsedMs,
});

/** What a statement of a client's session leaves behind for the next one. */
function remember({ session, work }: Job) {
  if (!session) return;
  const list = work.statement.tokens;
  if (work.statement.lead === 'USE') session.database = list[1]?.text ?? session.database;
  if (work.statement.lead === 'SET') {
    list.forEach((token, at) => {
      const value = list[at + 2];
      if (token.text && list[at + 1]?.text === '=' && value) session.settings.set(token.text, value.text);
    });
  }
}

async function restore({ context, session }: Job, undo: string) {
  if (!session || !undo) return;
  await context.engine
    .run({ kind: 'query', session: session.number, prefix: '', text: undo, format: 'TSV' })
    .catch(() => {});
}

/** Stops a running statement. NOTE: never SYNC, which does not return in this engine. */
export async function killQuery(engine: Engine, queryId: string): Promise<void> {
  const text = `KILL QUERY WHERE Settings[${literal(idSetting)}] = ${literal(queryId)} ASYNC`;
  await engine.run({ kind: 'query', session: null, prefix: '', text, format: 'TSV' }).catch(() => {});
}

function drained(response: ServerResponse, gone: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = () => {
      gone.removeEventListener('abort', lost);
      resolve();
    };
    const lost = () => {
      response.off('drain', done);
      reject(gone.reason);
    };
    response.once('drain', done);
    gone.addEventListener('abort', lost, { once: true });
  });
}

const byteToChar = (bytes: Buffer, at: number): number => bytes.subarray(0, at).toString().length;

const engineDown = () =>
  problem(210, 'NETWORK_ERROR', 'The embedded engine ended and is being started again. Try again in a moment.', 503);

export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof EngineDown) return engineDown();
  if (error instanceof MultipleStatements) {
    return problem(
      62,
      'SYNTAX_ERROR',
      `Syntax error (Multi-statements are not allowed): failed at position ${error.position} (end of query): ;.`,
    );
  }
  return engineProblem(error instanceof Error ? error.message : String(error));
}
