import { openReader, releaseReader } from '../engine/pipes';
import { literal } from '../sql/quote';
import { noCounts } from './headers';
import { execute, type Job, type JobResult, killQuery } from './job';
import type { Sink } from './sink';

const nothing = new Uint8Array(0);
const tailBytes = 512;

/**
 * A read streams through a pipe that the engine takes for its output file: any format, any size, at the client's pace.
 * When the client goes away the statement is killed, since the engine would go on without a reader.
 */
export async function runRead(job: Job, sink: Sink): Promise<JobResult> {
  const { engine, work, asked, gone } = job;
  const { pipeAt, format } = work.statement;
  const pipe = await engine.pipes.take();
  const reader = openReader(pipe);
  const kill = () => void killQuery(engine, asked.queryId);
  gone.addEventListener('abort', kill, { once: true });
  const outfile = { start: pipeAt, end: pipeAt, text: ` INTO OUTFILE ${literal(pipe.path)} APPEND ` };
  const finished = execute(job, 'read', [outfile], format === null ? ` FORMAT ${asked.defaultFormat}` : '');
  finished.then(
    // A statement without output never opened its end; a second close does no harm.
    () => releaseReader(pipe),
    () => reader.destroy(),
  );
  let tail: Buffer = Buffer.alloc(0);
  let clean = false;
  try {
    try {
      for await (const chunk of reader as AsyncIterable<Buffer>) {
        tail = chunk.length >= tailBytes ? chunk : Buffer.concat([tail, chunk]);
        await sink.write(chunk);
      }
      clean = true;
    } catch (error) {
      if (gone.aborted) throw error;
    }
    const outcome = await finished;
    const counts = {
      ...noCounts,
      ...readCounts(format ?? asked.defaultFormat, tail, outcome.rows, outcome.bytes),
      resultRows: outcome.rows,
      resultBytes: outcome.bytes,
      elapsedMs: outcome.elapsedMs,
    };
    return { counts, output: nothing };
  } catch (error) {
    clean = false;
    throw error;
  } finally {
    gone.removeEventListener('abort', kill);
    reader.destroy();
    await finished.catch(() => {});
    engine.pipes.give(pipe, clean);
  }
}

/** Rows and bytes read: the engine tells them in the JSON formats only, elsewhere those of the result stand for them. */
function readCounts(format: string, tail: Buffer, rows: number, bytes: number) {
  const statistics = /"rows_read":\s*(\d+),\s*"bytes_read":\s*(\d+)/.exec(
    format.startsWith('JSON') ? tail.subarray(-tailBytes).toString('latin1') : '',
  );
  const readRows = statistics ? Number(statistics[1]) : rows;
  return { readRows, totalRows: readRows, readBytes: statistics ? Number(statistics[2]) : bytes };
}
