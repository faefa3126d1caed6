import { type DestinationStream, type Logger, pino } from 'pino';

export type Log = Logger;

/**
 * Structured JSON log on stderr, one line an event: stdout belongs to what a command answers.
 * `name` is the process (web, worker, cli, job, clickhouse).
 */
export function createLog(
  name: string,
  level = 'info',
  destination: DestinationStream = pino.destination({ fd: 2, sync: true }),
): Log {
  return pino(
    {
      name,
      level,
      base: { process: name, pid: process.pid },
      redact: ['password', '*.password', 'authorization', '*.authorization', 'cookie', '*.cookie'],
    },
    { write: (line) => destination.write(escaped(line)) },
  );
}

/** What a terminal obeys, or what turns a line around, and pino leaves in its JSON as it is. */
const unsafe = /[\u007F-\u009F\u061C\u200B\u200E\u200F\u2028-\u202E\u2060-\u206F\uFEFF]/g;

const escaped = (line: string): string =>
  line.replace(unsafe, (odd) => `\\u${odd.charCodeAt(0).toString(16).padStart(4, '0')}`);
