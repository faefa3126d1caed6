import { every, poll } from '@/lib/poll';

/** Of Node, which opens its inspector there when it is sent SIGUSR1. */
const address = 'http://127.0.0.1:9229/json/list';

/**
 * Megabytes that objects of a Node process hold after a collection of garbage, seen through its inspector, which is closed
 * again so that another process can be asked. Throws where no inspector answers within five seconds.
 */
export async function heapMb(pid: number): Promise<number> {
  process.kill(pid, 'SIGUSR1');
  const target = await poll({ ...every(100), withinMs: 5_000 }, async () => {
    const response = await fetch(address).catch(() => null);
    return response ? ((await response.json()) as { webSocketDebuggerUrl: string }[])[0] : null;
  });
  if (!target) throw new Error(`process ${pid} opened no inspector`);
  const socket = new WebSocket(target.webSocketDebuggerUrl);
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = () => reject(new Error(`the inspector of process ${pid} refused`));
  });
  let last = 0;
  const ask = (method: string, params: object = {}) =>
    new Promise<{ result?: { value?: unknown } }>((resolve) => {
      last += 1;
      const id = last;
      socket.addEventListener('message', ({ data }) => {
        const answer = JSON.parse(String(data));
        if (answer.id === id) resolve(answer.result);
      });
      socket.send(JSON.stringify({ id, method, params }));
    });
  const evaluate = async (expression: string) => (await ask('Runtime.evaluate', { expression })).result?.value;
  try {
    const found = Number(await evaluate('process.pid'));
    if (found !== pid) throw new Error(`process ${found} has the inspector's port, and not ${pid}`);
    for (const _ of [1, 2]) await ask('HeapProfiler.collectGarbage');
    const bytes = Number(await evaluate('process.memoryUsage().heapUsed + process.memoryUsage().external'));
    await evaluate("setTimeout(() => process.getBuiltinModule('inspector').close(), 200), 0");
    return bytes / 1_048_576;
  } finally {
    socket.close();
    await poll({ ...every(100), withinMs: 2_000 }, async () =>
      (await fetch(address).catch(() => null)) ? null : true,
    );
  }
}
