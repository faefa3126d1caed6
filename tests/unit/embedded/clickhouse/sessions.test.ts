import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createSessions } from '@/lib/embedded/clickhouse/http/sessions';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const asks = (id: string, timeoutSeconds: number, check = false, name = 'slc_reader') => ({
  user: { name, role: 'reader' } as const,
  session: { id, timeoutSeconds, check },
  tables: [],
});

test('a session ends after its timeout, counted from its last statement', () => {
  const closed: number[] = [];
  const sessions = createSessions({ generation: () => 1, close: (session) => void closed.push(session) });
  sessions.enter(asks('a', 10))?.leave();
  vi.advanceTimersByTime(9_000);
  sessions.enter(asks('a', 10, true))?.leave();
  vi.advanceTimersByTime(9_000);
  expect(closed).toEqual([]);
  vi.advanceTimersByTime(1_000);
  expect(closed).toEqual([1]);
  expect(() => sessions.enter(asks('a', 10, true))).toThrow(/SESSION_NOT_FOUND/);
});

test('a busy session refuses, another user of the same id has his own', () => {
  const sessions = createSessions({ generation: () => 1, close: () => {} });
  const first = sessions.enter(asks('a', 10));
  expect(() => sessions.enter(asks('a', 10))).toThrow(/SESSION_IS_LOCKED/);
  expect(sessions.enter(asks('a', 10, false, 'admin'))?.session.number).not.toBe(first?.session.number);
});

test('a session that an engine crash took along is unknown and never closed in the new engine', () => {
  const closed: number[] = [];
  let generation = 1;
  const sessions = createSessions({ generation: () => generation, close: (session) => void closed.push(session) });
  sessions.enter(asks('a', 10))?.leave();
  generation = 2;
  vi.advanceTimersByTime(60_000);
  expect(closed).toEqual([]);
  expect(() => sessions.enter(asks('a', 10, true))).toThrow(/SESSION_NOT_FOUND/);
});
