import { problem } from '../problem';

/**
 * Lets `running` statements run at once and `queued` wait in order. Beyond that it refuses with ClickHouse's error 202,
 * so that a flood of statements does not fill the memory.
 */
export function createSlots(limits: { running: number; queued: number }) {
  let running = 0;
  const queue: { go: () => void }[] = [];

  async function take(signal: AbortSignal): Promise<() => void> {
    if (running >= limits.running) await wait(signal);
    else running += 1;
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      const next = queue.shift();
      if (next) next.go();
      else running -= 1;
    };
  }

  function wait(signal: AbortSignal): Promise<void> {
    if (queue.length >= limits.queued) {
      const text = `Too many simultaneous queries. Maximum: ${limits.running}, waiting: ${limits.queued}.`;
      throw problem(202, 'TOO_MANY_SIMULTANEOUS_QUERIES', text, 503);
    }
    return new Promise((resolve, reject) => {
      const entry = {
        go: () => {
          signal.removeEventListener('abort', leave);
          resolve();
        },
      };
      const leave = () => {
        queue.splice(queue.indexOf(entry), 1);
        reject(signal.reason);
      };
      queue.push(entry);
      signal.addEventListener('abort', leave, { once: true });
    });
  }

  return { take };
}
export type Slots = ReturnType<typeof createSlots>;
