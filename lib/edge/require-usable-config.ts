import { loadConfig } from '@/lib/config';
import { messageOf } from '@/lib/errors';

/** Ends this process with a sentence if its configuration cannot be read, or would let everybody or nobody in. */
export function requireUsableConfig(): void {
  try {
    loadConfig();
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exit(1);
  }
}
