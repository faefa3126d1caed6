import { messageOf } from '../../../errors';
import { openWriter } from '../engine/pipes';
import { Problem, problem } from '../problem';
import type { Edit } from '../sql/edit';
import { literal } from '../sql/quote';
import type { Work } from './body';
import { type Counts, noCounts } from './headers';
import { execute, type Job, killQuery } from './job';
import { inRevision } from './native-revision';
import { outputOf } from './output';
import { push, type Sink } from './sink';

/** Any statement that is not a read: the engine's whole answer, if it has one, comes back at once. */
export async function runWrite(job: Job, sink: Sink): Promise<Counts> {
  const { verb, rows } = job.work.statement;
  if (verb !== 'INSERT') {
    const outcome = await execute(job, 'read', []);
    const { defaultFormat, protocolVersion } = job.asked;
    const revised = inRevision(protocolVersion, job.work.statement.format ?? defaultFormat);
    for await (const chunk of outputOf(job.engine, outcome)) await sink.write(revised(chunk));
    return { ...noCounts, resultRows: outcome.rows, resultBytes: outcome.bytes, elapsedMs: outcome.elapsedMs };
  }
  const outcome = rows === 'none' ? await execute(job, 'write', []) : await insertRows(job);
  const written = {
    readRows: outcome.rows,
    readBytes: outcome.bytes,
    writtenRows: outcome.rows,
    writtenBytes: outcome.bytes,
  };
  return { ...noCounts, ...written, elapsedMs: outcome.elapsedMs };
}

/**
 * Rows of an INSERT go to the engine through a pipe as they arrive, never inside the statement: there `(1); DROP ...`
 * would be a second statement. A body that breaks kills the INSERT before its pipe is closed, or the engine would
 * take the break for the end.
 */
async function insertRows(job: Job) {
  const { engine, work, asked } = job;
  const pipe = await engine.pipes.take();
  const ended = new AbortController();
  const finished = execute(job, 'write', pipeEdits(work, pipe.path));
  finished.finally(() => ended.abort()).catch(() => {});
  let clean = false;
  try {
    const writer = await openWriter(pipe, ended.signal);
    writer?.on('error', () => ended.abort());
    try {
      for await (const chunk of work.rows) {
        if (!writer || ended.signal.aborted) break;
        await push(writer, chunk).catch(() => {});
      }
    } catch (cause) {
      await killQuery(engine, asked.queryId);
      writer?.destroy();
      await finished.catch(() => {});
      if (cause instanceof Problem && cause.code === 497) throw cause;
      const text = `The rows of the INSERT ended before their time (${messageOf(cause)}). The incomplete block was not written.`;
      throw problem(3, 'UNEXPECTED_END_OF_FILE', text, 400);
    }
    writer?.end();
    const outcome = await finished;
    clean = true;
    return outcome;
  } finally {
    engine.pipes.give(pipe, clean);
  }
}

function pipeEdits({ statement, compression }: Work, path: string): Edit[] {
  const { rows, pipeAt, end, input, format } = statement;
  if (rows === 'input' && input) {
    const call = { start: input.start, end: input.end, text: `file(${literal(path)}, ${literal(format ?? '')}, ` };
    return [call, { start: pipeAt, end, text: '' }];
  }
  const packed = compression ? `COMPRESSION ${literal(compression)} ` : '';
  const infile = { start: pipeAt, end: pipeAt, text: ` FROM INFILE ${literal(path)} ${packed}` };
  if (rows === 'format') return [infile];
  const values = end - 'VALUES'.length;
  if (pipeAt === values) return [{ start: pipeAt, end, text: `${infile.text}FORMAT Values` }];
  return [infile, { start: values, end, text: 'FORMAT Values' }];
}
