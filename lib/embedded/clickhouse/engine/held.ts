import { finished } from 'node:stream/promises';
import { openNow } from './pipes';

/** A larger output is not sent as a message, since front and engine would copy all of it. */
const messageBytesMax = 256 * 1024;

/** Outputs that are kept in the engine process until the front opens a pipe for them. */
export function createHeld() {
  const outputs = new Map<number, Uint8Array>();
  let next = 1;

  /** Keeps an output that is too large for a message and returns its number; null if it is not too large. */
  function hold(output: Uint8Array): number | null {
    if (output.length <= messageBytesMax) return null;
    outputs.set(next, output);
    return next++;
  }

  /** Writes an output into the pipe as fast as it is read, or drops it. Ends early if the reader goes away. */
  async function drain(held: number, path: string | null): Promise<void> {
    const output = outputs.get(held);
    outputs.delete(held);
    const writer = path ? openNow({ path }) : null;
    if (output && writer) await finished(writer.end(output)).catch(() => {});
  }

  return { hold, drain };
}
