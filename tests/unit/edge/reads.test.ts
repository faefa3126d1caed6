import { describe, expect, it, vi } from 'vitest';
import { inTurn } from '@/lib/edge/bounded-reads';
import { sharedRead } from '@/lib/edge/shared-reads';

function gate() {
  let resolve = (_: string) => {};
  const promise = new Promise<string>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
const never = new AbortController().signal;

describe('a shared read', () => {
  it('runs once for all who ask the same at the same time, and again for the next', async () => {
    const open = gate();
    const read = vi.fn(() => open.promise);
    const answers = Promise.all([sharedRead('a', never, read), sharedRead('a', never, read)]);
    const other = sharedRead('b', never, async () => 'other');
    open.resolve('one');
    expect(await answers).toEqual(['one', 'one']);
    expect(await other).toBe('other');
    expect(read).toHaveBeenCalledTimes(1);
    await sharedRead('a', never, read);
    expect(read).toHaveBeenCalledTimes(2);
  });

  it('goes on while one reader waits, and stops with the last', async () => {
    const [first, second] = [new AbortController(), new AbortController()];
    let stopped = false;
    const read = (signal: AbortSignal) => {
      signal.addEventListener('abort', () => {
        stopped = true;
      });
      return gate().promise;
    };
    const answers = [sharedRead('c', first.signal, read), sharedRead('c', second.signal, read)];
    first.abort(new Error('closed'));
    await expect(answers[0]).rejects.toThrow('closed');
    expect(stopped).toBe(false);
    second.abort(new Error('closed too'));
    await expect(answers[1]).rejects.toThrow('closed too');
    expect(stopped).toBe(true);
    expect(await sharedRead('c', never, async () => 'a new one')).toBe('a new one');
  });
});

describe('the reads of one person', () => {
  it('have four statements at the engine at a time, and others do not wait for them', async () => {
    const open = gate();
    const work = vi.fn(() => open.promise);
    const asked = Array.from({ length: 20 }, () => inTurn('many', never, work));
    await inTurn('another', never, async () => 'served');
    expect(work).toHaveBeenCalledTimes(4);
    open.resolve('done');
    await Promise.all(asked);
    expect(work).toHaveBeenCalledTimes(20);
  });

  it('that are given up leave their place to the next', async () => {
    const open = gate();
    const held = Array.from({ length: 4 }, () => inTurn('leaver', never, () => open.promise));
    const gone = new AbortController();
    const left = inTurn('leaver', gone.signal, async () => 'never');
    const stays = inTurn('leaver', never, async () => 'served');
    gone.abort(new Error('closed'));
    await expect(left).rejects.toThrow('closed');
    open.resolve('done');
    await Promise.all(held);
    expect(await stays).toBe('served');
  });
});
