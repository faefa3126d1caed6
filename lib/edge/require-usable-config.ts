import { loadConfig } from '@/lib/config';
import { messageOf } from '@/lib/errors';

/** Ends this process with a sentence when its configuration would let anybody in, or nobody, or cannot be read. */
export function requireUsableConfig(): void {
  try {
    loadConfig();
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exit(1);
  }
}
