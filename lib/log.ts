import { type DestinationStream, type Logger, pino, stdSerializers } from 'pino';
import { release } from './config';

export type Log = Logger;

/** The keys that every line has. A second key with the same name would make the line invalid for strict readers. */
const own = new Set(['level', 'time', 'process', 'pid', 'version', 'commit', 'msg']);
const apart = (line: object) =>
  Object.fromEntries(Object.entries(line).map(([key, value]) => [own.has(key) ? `${key}Of` : key, value]));

/** The class of an error by its `name`, since a bundle may have shortened the name of the constructor. */
const named = (error: Error) => {
  const told = stdSerializers.err(error);
  return error instanceof Error && error.name !== 'Error' ? { ...told, type: error.name } : told;
};

/**
 * A structured JSON log on stderr, one line for each event. Stdout is for the answer of a command.
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

/** Characters that pino leaves in its JSON, but that a terminal obeys or that change the direction of a line. */
const unsafe = /[\u007F-\u009F\u061C\u200B\u200E\u200F\u2028-\u202E\u2060-\u206F\uFEFF]/g;

const escaped = (line: string): string =>
  line.replace(unsafe, (odd) => `\\u${odd.charCodeAt(0).toString(16).padStart(4, '0')}`);
