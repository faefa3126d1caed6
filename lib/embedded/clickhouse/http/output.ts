import type { Engine } from '../engine/engine';
import type { EngineOutcome } from '../engine/messages';
import { openReader, releaseReader } from '../engine/pipes';

/** What a statement put out without a pipe; a large output waits in the engine and comes through one now. */
export async function* outputOf(engine: Engine, { output, held }: EngineOutcome): AsyncGenerator<Buffer> {
  if (output.length > 0) yield Buffer.from(output.buffer, output.byteOffset, output.byteLength);
  if (held === null) return;
  const pipe = await engine.pipes.take();
  const reader = openReader(pipe);
  const drained = engine.run({ kind: 'drain', held, path: pipe.path });
  drained.catch(() => {}).finally(() => releaseReader(pipe));
  let clean = false;
  try {
    for await (const chunk of reader as AsyncIterable<Buffer>) yield chunk;
    await drained;
    clean = true;
  } finally {
    reader.destroy();
    engine.pipes.give(pipe, clean);
  }
}
