import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { Engine } from '../engine/engine';
import type { Slots } from '../engine/slots';
import { asProblem, problem } from '../problem';
import { checkRights, refuse, refuseOutside } from '../sql/rights';
import { isRead } from '../sql/statement';
import type { UsersFile } from '../users';
import { createBodyDecoder, isValues, readWork, type Work } from './body';
import { type Counts, contentType } from './headers';
import { type Job, progressOf } from './job';
import { isReadonly, settle, undoOf } from './prepare';
import { runRead } from './read';
import { isOn, type QueryRequest, readRequest, readUser } from './request';
import type { HeldSession, Sessions } from './sessions';
import { chooseEncoding, createSink, type Sink } from './sink';
import { createTables, dropTables, readForm, removeFiles } from './tables';
import { checkValues } from './values';
import { runWrite } from './write';

export type QueryContext = {
  engine: Engine;
  slots: Slots;
  sessions: Sessions;
  users: UsersFile;
  displayName: string;
  /** The folder for what does not fit into memory. */
  spillDir: string;
  /** Ids of running queries: ClickHouse refuses a second query with the same id. */
  running: Set<string>;
};

const bufferBytes = 256 * 1024;
const progressEveryMs = 100;

type Exchange = {
  context: QueryContext;
  request: IncomingMessage;
  search: URLSearchParams;
  sink: Sink;
  /** A file of this request's own, made when needed. */
  spillPath: string;
  /** Aborts when the client goes away. */
  gone: AbortSignal;
};

/** One request from its headers to the last byte of its answer. Never rejects. */
export async function handleQuery(
  context: QueryContext,
  request: IncomingMessage,
  response: ServerResponse,
  search: URLSearchParams,
) {
  const gone = new AbortController();
  const { socket } = request;
  const leave = () => gone.abort(new Error('The client went away'));
  socket.once('close', leave);
  const tag = randomUUID().replaceAll('-', '').slice(0, 16);
  const spillPath = join(context.spillDir, tag);
  const sink = createSink(response, {
    bufferBytes: Number(search.get('buffer_size') ?? search.get('http_response_buffer_size')) || bufferBytes,
    waitEnd: isOn(search.get('wait_end_of_query')) || isOn(search.get('http_wait_end_of_query')),
    encoding: isOn(search.get('enable_http_compression')) ? chooseEncoding(request.headers['accept-encoding']) : null,
    tag,
    spillPath,
  });
  sink.headers.set('X-ClickHouse-Server-Display-Name', context.displayName);
  sink.headers.set('X-ClickHouse-Exception-Tag', tag);
  try {
    const counts = await answer({ context, request, search, sink, spillPath, gone: gone.signal });
    await sink.end(counts);
  } catch (error) {
    if (!gone.signal.aborted) await sink.fail(asProblem(error), context.engine.version());
  } finally {
    socket.off('close', leave);
    sink.dispose();
    if (!request.complete) drain(request);
  }
}

/**
 * Reads and drops the rest of a body that the statement did not use, or the connection would hang.
 * NOTE: an iterator that was left half read keeps its listener, which stops the stream.
 */
function drain(request: IncomingMessage) {
  request.removeAllListeners('readable');
  request.resume();
}

async function answer(exchange: Exchange): Promise<Counts> {
  const { context, request, search, sink, spillPath } = exchange;
  const { engine } = context;
  const user = readUser(request, search, context.users);
  const facts = engine.facts();
  const isForm = /^multipart\/form-data/i.test(request.headers['content-type'] ?? '');
  const tables = isForm ? await readForm(request, search, context.spillDir) : [];
  try {
    const asked = readRequest(request, search, user, tables);
    sink.headers.set('X-ClickHouse-Query-Id', asked.queryId);
    sink.headers.set('X-ClickHouse-Timezone', asked.settings.get('session_timezone') || facts.timezone);
    const blocks = isOn(search.get('decompress'));
    if (blocks && request.headers['content-encoding'])
      throw problem(48, 'NOT_IMPLEMENTED', 'decompress=1 beside a Content-Encoding is not implemented here.');
    // A form was read already; its statement is a field.
    const decode = isForm ? async () => Readable.from([]) : createBodyDecoder(engine, spillPath, blocks);
    if (isOn(search.get('compress'))) sink.compress();
    const work = await readWork(asked.query, request, decode);
    if (work.statement.verb === '') throw problem(62, 'SYNTAX_ERROR', 'Syntax error: Empty query.');
    checkRights(work.statement, user, isReadonly(asked), facts.outside);
    const format = work.statement.format ?? asked.defaultFormat;
    sink.headers.set('X-ClickHouse-Format', format);
    sink.headers.set('Content-Type', contentType(format));
    const refuse = (name: string) => refuseOutside(user, name);
    const rows = isValues(work.statement) ? checkValues(work.rows, facts.outside, refuse) : work.rows;
    return await withSlot(exchange, asked, { ...work, rows });
  } finally {
    await removeFiles(tables);
  }
}

/** Runs the statement when a slot and its session are free; both are free again before the answer ends. */
async function withSlot({ context, sink, gone }: Exchange, asked: QueryRequest, work: Work) {
  const { engine, running } = context;
  if (running.has(asked.queryId)) {
    const text = `Query with id = ${asked.queryId} is already running.`;
    throw problem(216, 'QUERY_WITH_SAME_ID_IS_ALREADY_RUNNING', text);
  }
  running.add(asked.queryId);
  let held: HeldSession | null = null;
  let release = () => {};
  try {
    held = context.sessions.enter(asked);
    release = await context.slots.take(gone);
    const job: Job = { engine, asked, work, session: held?.session ?? null, gone };
    const stopProgress = reportProgress(job, sink);
    try {
      return await runJob(job, sink);
    } finally {
      stopProgress();
    }
  } finally {
    release();
    held?.leave();
    running.delete(asked.queryId);
  }
}

async function runJob(job: Job, sink: Sink): Promise<Counts> {
  const { engine, asked, session, work } = job;
  try {
    if (session) await createTables(engine, session, asked.tables);
    const result = isRead(work.statement) ? await runRead(job, sink) : await runWrite(job, sink);
    if (session) settle(asked, session, work.statement);
    return result;
  } catch (error) {
    if (session) await undoNow(job, undoOf(asked, session));
    const failure = asProblem(error);
    const beyond = failure.code === 164 && asked.user.role === 'reader' && /Cannot execute query/.test(failure.message);
    if (beyond) refuse(asked.user, (work.statement.parts[0] ?? []).join(' '));
    throw error;
  } finally {
    if (session) await dropTables(engine, session, asked.tables);
  }
}

async function undoNow({ engine, session }: Job, statements: string[]) {
  if (!session) return;
  session.undo = [];
  for (const statement of statements) {
    await engine.ask(statement, session.number).catch(() => {});
  }
}

/** Sends X-ClickHouse-Progress while the statement runs, if the client asked for it. */
function reportProgress({ engine, asked }: Job, sink: Sink): () => void {
  if (!isOn(asked.settings.get('send_progress_in_http_headers')) || asked.method === 'HEAD') return () => {};
  const everyMs = Number(asked.settings.get('http_headers_progress_interval_ms')) || progressEveryMs;
  let stopped = false;
  const timer = setInterval(async () => {
    const counts = await progressOf(engine, asked.queryId);
    if (counts && !stopped) sink.progress(counts);
  }, everyMs);
  return () => {
    stopped = true;
    clearInterval(timer);
  };
}
