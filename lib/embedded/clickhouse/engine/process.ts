import { messageOf } from '../../../errors';
import type { EngineHello, EngineReply, EngineRequest } from './messages';
import { openStore } from './store';

/**
 * The main function of the engine process: it opens the data directory, says hello, and runs what the front requests.
 * It ends when the front ends, so a killed front never leaves an engine that holds the data directory.
 */
export async function runEngineProcess(dataDir: string): Promise<void> {
  const say = (message: EngineHello | EngineReply) => process.send?.(message);
  let end = async () => true;
  process.once('disconnect', async () => {
    if (await end()) process.exit(0);
    // A normal exit would wait for the running statement.
    process.kill(process.pid, 'SIGKILL');
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => {});
  try {
    const store = await openStore(dataDir);
    end = store.end;
    process.on('message', (request: EngineRequest) => {
      store.answer(request).then(
        (outcome) => say({ id: request.id, outcome }),
        (error) => say({ id: request.id, error: messageOf(error) }),
      );
    });
    say({ ready: true, ...store.facts });
  } catch (error) {
    say({ ready: false, reason: messageOf(error) });
  }
}
