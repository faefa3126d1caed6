import type { Context } from '@/lib/context';
import { onceDatabaseAnswers } from '@/lib/postgres/once-database-answers';
import { workQueue } from '@/lib/postgres/work-queue';
import { watchStop } from './watch-stop';

/**
 * `workQueue`, but nothing is taken from the queue while everything is stopped: what runs then goes back to the queue,
 * and a worker takes it up once the stop is lifted. Returns when the worker is registered, or everything is stopped.
 */
export async function workUnlessStopped(
  ctx: Context,
  ...[queue, pace, work]: Parameters<typeof workQueue>
): Promise<void> {
  let open: AbortController | null = null;
  const begin = (signal: AbortSignal) =>
    onceDatabaseAnswers(ctx, signal, () => workQueue({ ...queue, signal }, pace, work));
  await new Promise<void>((resolve, reject) => {
    queue.signal.addEventListener('abort', () => resolve(), { once: true });
    watchStop(ctx, queue.signal, (stop) => {
      if (stop) {
        open?.abort(new Error('everything was stopped'));
        open = null;
        resolve();
      } else if (!open) {
        open = new AbortController();
        begin(AbortSignal.any([queue.signal, open.signal])).then(resolve, (error) => {
          ctx.log.error({ err: error, queue: queue.name }, 'the queue is not worked on');
          reject(error);
        });
      }
    });
  });
}
