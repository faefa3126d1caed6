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
    destination,
  );
}
