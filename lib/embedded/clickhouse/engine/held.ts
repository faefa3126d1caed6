import { finished } from 'node:stream/promises';
import { openNow } from './pipes';

/** Above this an output does not travel as a message, which front and engine would copy whole. */
const messageBytesMax = 256 * 1024;

/** Outputs that wait in the engine process for the front to open a pipe for them. */
export function createHeld() {
  const outputs = new Map<number, Uint8Array>();
  let next = 1;

  /** Keeps an output that is too large for a message and returns its number; null for one that is not. */
  function hold(output: Uint8Array): number | null {
    if (output.length <= messageBytesMax) return null;
    outputs.set(next, output);
    return next++;
  }

  /** Writes an output into the pipe, at the reader's pace, or drops it. Ends early when the reader goes away. */
  async function drain(held: number, path: string | null): Promise<void> {
    const output = outputs.get(held);
    outputs.delete(held);
    const writer = path ? openNow({ path }) : null;
    if (output && writer) await finished(writer.end(output)).catch(() => {});
  }

  return { hold, drain };
}
