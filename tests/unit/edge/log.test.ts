import { expect, it } from 'vitest';
import { release } from '@/lib/config';
import { failureOf } from '@/lib/edge/failure';
import { requestIdOf } from '@/lib/edge/request-id';
import { AppError } from '@/lib/errors';
import { createLog } from '@/lib/log';

function recorded() {
  const lines: string[] = [];
  return { log: createLog('web', 'debug', { write: (line) => lines.push(line) }), lines };
}

/** What a strict reader makes of a line: it refuses a key that an object has twice. */
function strictly(line: string): Record<string, unknown> {
  const open: (Set<string> | null)[] = [];
  const tokens = line.match(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g) ?? [];
  tokens.forEach((token, at) => {
    if (token === '{') open.push(new Set());
    else if (token === '[') open.push(null);
    else if (token === '}' || token === ']') open.pop();
    else if (tokens[at + 1] === ':') {
      const keys = open.at(-1);
      if (keys?.has(token)) throw new Error(`${token} stands twice in ${line}`);
      keys?.add(token);
    }
  });
  return JSON.parse(line);
}

class ShortenedByABundle extends Error {
  override readonly name = 'EngineDown';
}

it('every line is JSON in which no key stands twice, whatever is logged', () => {
  const { log, lines } = recorded();
  const error = new AppError('unavailable', 'It is away.', {
    cause: new Error('reset', { cause: new TypeError('x') }),
  });
  failureOf(error, { log, name: 'api.customers', requestId: 'one' });
  failureOf(new Error('odd'), { log, name: 'api.customers', requestId: 'two' });
  log.warn({ pid: 1, process: 'postgres', level: 'high', time: 0, msg: 'a', version: 2, commit: 'c', name: 'n' }, 'b');
  log.info({ err: Object.assign(new Error('with more'), { name: 'Own', code: '08P01', pid: 7 }) });
  expect(lines.map(strictly).map(({ process, pid, version }) => [process, pid, version])).toEqual(
    lines.map(() => ['web', process.pid, release.version]),
  );
  expect(strictly(lines[2] ?? '')).toMatchObject({ pidOf: 1, processOf: 'postgres', msgOf: 'a', msg: 'b', name: 'n' });
});

it('an error has the name of its class, also where a bundle has shortened that', () => {
  const { log, lines } = recorded();
  log.error({ err: new ShortenedByABundle('gone') });
  log.error({ err: new AppError('refused', 'No.') });
  log.error({ err: new RangeError('far') });
  expect(lines.map((line) => (strictly(line).err as { type: string }).type)).toEqual([
    'EngineDown',
    'AppError',
    'RangeError',
  ]);
});

it('a tab that is signed out and polls leaves no stack, and nothing above debug', () => {
  const { log, lines } = recorded();
  const failure = failureOf(new AppError('unauthenticated', 'You are signed out.'), { log, name: 'n', requestId: 'r' });
  expect(failure.code).toBe('unauthenticated');
  expect(lines.map(strictly)).toEqual([
    expect.objectContaining({ level: 20, requestId: 'r', code: 'unauthenticated' }),
  ]);
  expect(lines.join()).not.toContain('stack');
});

it.each([
  ['4bf92f3577b34da6a3ce929d0e0e4736', true],
  ['req-01:HAM.7', true],
  ['short', false],
  ['x'.repeat(65), false],
  ['{"a":"b"}-----', false],
  ['-rf --no-preserve', false],
  [null, false],
])('the request id %s of a proxy is taken over: %s', (sent, taken) => {
  const id = requestIdOf({ get: () => sent });
  expect(id === sent).toBe(taken);
  expect(id).toMatch(/^[A-Za-z0-9][A-Za-z0-9._:-]{7,63}$/);
});
