import { type DestinationStream, type Logger, pino, stdSerializers } from 'pino';
import { release } from './config';

export type Log = Logger;

/** What every line has of its own; a second key of the same name would make it no JSON to a strict reader. */
const own = new Set(['level', 'time', 'process', 'pid', 'version', 'commit', 'msg']);
const apart = (line: object) =>
  Object.fromEntries(Object.entries(line).map(([key, value]) => [own.has(key) ? `${key}Of` : key, value]));

/** The class by the name that the error has of its own: a bundle may have shortened that of the constructor. */
const named = (error: Error) => {
  const told = stdSerializers.err(error);
  return error instanceof Error && error.name !== 'Error' ? { ...told, type: error.name } : told;
};

/**
 * Structured JSON log on stderr, one line an event: stdout belongs to what a command answers.
 * `name` is the process (web, worker, cli, job, clickhouse). docs/operations.md describes the keys.
 */
export function createLog(
  name: string,
  level = 'info',
  destination: DestinationStream = pino.destination({ fd: 2, sync: true }),
): Log {
  return pino(
    {
      level,
      base: { process: name, pid: process.pid, ...release },
      formatters: { log: apart },
      serializers: { err: named },
      redact: ['password', '*.password', 'authorization', '*.authorization', 'cookie', '*.cookie'],
    },
    { write: (line) => destination.write(escaped(line)) },
  );
}

/** What a terminal obeys, or what turns a line around, and pino leaves in its JSON as it is. */
const unsafe = /[\u007F-\u009F\u061C\u200B\u200E\u200F\u2028-\u202E\u2060-\u206F\uFEFF]/g;

const escaped = (line: string): string =>
  line.replace(unsafe, (odd) => `\\u${odd.charCodeAt(0).toString(16).padStart(4, '0')}`);
