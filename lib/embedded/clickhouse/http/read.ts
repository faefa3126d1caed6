import { isUtf8 } from 'node:buffer';
import type { EngineOutcome } from '../engine/messages';
import { openReader, releaseReader } from '../engine/pipes';
import { literal } from '../sql/quote';
import { type Counts, noCounts } from './headers';
import { execute, type Job, killQuery } from './job';
import { inRevision } from './native-revision';
import { outputOf } from './output';
import type { Sink } from './sink';

const tailBytes = 512;

/** A read into the answer. When the client goes away it is killed, since the engine would go on without a reader. */
export async function runRead(job: Job, sink: Sink): Promise<Counts> {
  const { engine, asked, work, gone } = job;
  const format = work.statement.format ?? asked.defaultFormat;
  let tail: Buffer = Buffer.alloc(0);
  const revised = inRevision(asked.protocolVersion, format);
  const write = async (chunk: Buffer) => {
    if (/^(JSON|XML)/.test(format)) tail = chunk.length >= tailBytes ? chunk : Buffer.concat([tail, chunk]);
    await sink.write(revised(chunk));
  };
  const kill = () => void killQuery(engine, asked.queryId);
  gone.addEventListener('abort', kill, { once: true });
  try {
    // The engine takes a statement that is no UTF-8 as bytes, and then gives an output to a pipe only.
    const direct = work.statement.size !== 'any' && isUtf8(work.text);
    const outcome = await (direct ? readAtOnce(job, write) : readThroughPipe(job, write));
    const counts = readCounts(tail, outcome);
    return {
      ...noCounts,
      ...counts,
      resultRows: outcome.rows,
      resultBytes: outcome.bytes,
      elapsedMs: outcome.elapsedMs,
    };
  } finally {
    gone.removeEventListener('abort', kill);
  }
}

type Write = (chunk: Buffer) => Promise<void>;

/** Few rows: they come with the outcome, which saves the pipe and its threads. */
async function readAtOnce(job: Job, write: Write): Promise<EngineOutcome> {
  const outcome = await execute(job, 'read', []);
  for await (const chunk of outputOf(job.engine, outcome)) await write(chunk);
  return outcome;
}

/** A pipe that the engine takes for its output file: any format, any size, at the client's pace. */
async function readThroughPipe(job: Job, write: Write): Promise<EngineOutcome> {
  const { engine, work, asked, gone } = job;
  const { pipeAt, format } = work.statement;
  const pipe = await engine.pipes.take();
  const reader = openReader(pipe);
  const outfile = { start: pipeAt, end: pipeAt, text: ` INTO OUTFILE ${literal(pipe.path)} APPEND ` };
  const finished = execute(job, 'read', [outfile], format === null ? ` FORMAT ${asked.defaultFormat}` : '');
  finished.then(
    // A statement without output never opened its end; a second close does no harm.
    () => releaseReader(pipe),
    () => reader.destroy(),
  );
  let clean = false;
  let unwritten = false;
  try {
    try {
      for await (const chunk of reader as AsyncIterable<Buffer>)
        await write(chunk).catch((error: unknown) => {
          unwritten = true;
          throw error;
        });
      clean = true;
    } catch (error) {
      if (unwritten) await killQuery(engine, asked.queryId);
      if (gone.aborted || unwritten) throw error;
      // The engine closed its end: what it says of that is the error.
    }
    return await finished;
  } catch (error) {
    clean = false;
    throw error;
  } finally {
    reader.destroy();
    await finished.catch(() => {});
    engine.pipes.give(pipe, clean);
  }
}

/** Rows and bytes read: the engine tells them in JSON and XML only, elsewhere those of the result stand for them. */
function readCounts(tail: Buffer, { rows, bytes }: EngineOutcome) {
  const end = tail.subarray(-tailBytes).toString('latin1');
  const statistics =
    /"rows_read":\s*(\d+),\s*"bytes_read":\s*(\d+)/.exec(end) ??
    /<rows_read>(\d+)<\/rows_read>\s*<bytes_read>(\d+)/.exec(end);
  const readRows = statistics ? Number(statistics[1]) : rows;
  return { readRows, totalRows: readRows, readBytes: statistics ? Number(statistics[2]) : bytes };
}
