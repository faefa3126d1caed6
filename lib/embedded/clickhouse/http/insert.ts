import type { EngineOutcome } from '../engine/messages';
import { openWriter } from '../engine/pipes';
import { engineProblem, problem } from './problem';
import { type Job, killQuery } from './query';

const nothing = Buffer.alloc(0);

/** An INSERT: small rows go to the engine with the statement, large ones through a pipe as they arrive. */
export async function runInsert(job: Job, prefix: string): Promise<EngineOutcome> {
  const { context, work, session } = job;
  const { statement, text, rows, more } = work;
  const send = (head: string, data: Buffer) =>
    context.engine.run({ kind: 'insert', session: session?.number ?? null, prefix, head, data });
  if (!statement.takesData) return send(text.toString(), nothing);
  if (!more && rows.length === 0) return { rows: 0, bytes: 0, elapsedMs: 0, output: nothing };
  if (!more) return send(text.toString(), rows);
  return streamInsert(job, send);
}

async function streamInsert(job: Job, send: (head: string, data: Buffer) => Promise<EngineOutcome>) {
  const { context, work, asked } = job;
  const { engine } = context;
  const pipe = await engine.pipes.take();
  const before = work.text.subarray(0, work.statement.pipeAt).toString();
  const after = work.text
    .subarray(work.statement.pipeAt)
    .toString()
    .replace(/VALUES$/i, 'FORMAT Values');
  const ended = new AbortController();
  const finished = send(`${before} FROM INFILE '${pipe.path}' ${after}`, nothing);
  finished.finally(() => ended.abort()).catch(() => {});
  let clean = false;
  try {
    const writer = await openWriter(pipe, ended.signal);
    writer?.on('error', () => ended.abort());
    try {
      const write = (chunk: Buffer) =>
        new Promise<void>((resolve) => {
          if (!writer || ended.signal.aborted || writer.write(chunk)) return resolve();
          writer.once('drain', resolve);
          writer.once('close', resolve);
          ended.signal.addEventListener('abort', () => resolve(), { once: true });
        });
      await write(work.rows);
      for (let part = await work.more?.next(); part && !part.done; part = await work.more?.next()) {
        if (ended.signal.aborted) break;
        await write(part.value);
      }
    } catch (cause) {
      await killQuery(engine, asked.queryId);
      writer?.destroy();
      await finished.catch(() => {});
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw problem(
        3,
        'UNEXPECTED_END_OF_FILE',
        `The body of the INSERT ended before its time: ${reason}. The incomplete block was not written.`,
        400,
      );
    }
    writer?.end();
    const outcome = await finished.catch((error: Error) => {
      throw engineProblem(error.message);
    });
    clean = true;
    return outcome;
  } finally {
    engine.pipes.give(pipe, clean);
  }
}
