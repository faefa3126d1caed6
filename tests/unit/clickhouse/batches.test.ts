import { describe, expect, it, vi } from 'vitest';
import { readInBatches } from '@/lib/clickhouse/batches';
import { AppError } from '@/lib/errors';

const named = (count: number, length = 10) =>
  Array.from({ length: count }, (_, at) => String(at).padStart(length, 'x'));
const echo = vi.fn(async (batch: string[]) => batch);

describe('reads about many things', () => {
  it('name no more in one statement than fits into it, however many there are', async () => {
    for (const items of [named(5_000), named(5_000, 255)]) {
      echo.mockClear();
      expect(await readInBatches({ items, nameOf: (one) => one }, echo)).toEqual({ found: items, failed: [] });
      for (const [batch] of echo.mock.calls) {
        expect(batch.length).toBeLessThanOrEqual(500);
        expect(Buffer.byteLength(JSON.stringify(batch))).toBeLessThan(65_000);
      }
    }
    expect(await readInBatches({ items: [], nameOf: String }, echo)).toEqual({ found: [], failed: [] });
  });

  it('find the few that cannot be read, and read all others', async () => {
    const items = named(600);
    const wrong = new Set([items[3], items[301], items[302]]);
    const read = vi.fn(async (batch: string[]) => {
      if (batch.some((one) => wrong.has(one))) throw new Error('one row is odd');
      return batch;
    });
    const { found, failed } = await readInBatches({ items, nameOf: (one) => one }, read);
    expect(new Set(failed.map(({ item }) => item))).toEqual(wrong);
    expect(new Set(found)).toEqual(new Set(items.filter((one) => !wrong.has(one))));
    expect(read.mock.calls.length).toBeLessThan(60);
  });

  it('read all others, however many cannot be read and wherever they are', async () => {
    const items = named(500);
    for (const wrong of [
      new Set(items.filter((_, at) => at % 25 === 3)),
      new Set(items.slice(0, 90)),
      new Set(items.filter((_, at) => at % 5 !== 3 && at > 20)),
    ]) {
      const read = vi.fn(async (batch: string[]) => {
        if (batch.some((one) => wrong.has(one))) throw new Error('one row is odd');
        return batch;
      });
      const { found, failed } = await readInBatches({ items, nameOf: (one) => one }, read);
      expect(new Set(failed.map(({ item }) => item))).toEqual(wrong);
      expect(found).toHaveLength(items.length - wrong.size);
      expect(read.mock.calls.length).toBeLessThan(2 * items.length);
    }
  });

  it('give up looking for single ones where everything fails', async () => {
    const items = named(500);
    const read = vi.fn(async (): Promise<string[]> => {
      throw new AppError('refused', 'The reader may not.');
    });
    const { failed } = await readInBatches({ items, nameOf: (one) => one }, read);
    expect(failed).toHaveLength(500);
    expect(read.mock.calls.length).toBeLessThan(130);
  });

  it('stop where the engine does not answer, and when they are stopped', async () => {
    const away = async (): Promise<string[]> => {
      throw new AppError('unavailable', 'ClickHouse does not answer.');
    };
    await expect(readInBatches({ items: named(3), nameOf: String }, away)).rejects.toThrow('does not answer');
    const stop = new AbortController();
    const stopped = readInBatches({ items: named(2_000), nameOf: String, signal: stop.signal }, async (batch) => {
      stop.abort(new Error('nobody waits'));
      return batch;
    });
    await expect(stopped).rejects.toThrow('nobody waits');
  });
});
