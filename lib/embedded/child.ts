import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { childEnvironment } from '@/lib/config';

const logBytesMax = 10_000_000;

export type Child = {
  pid: number;
  /** Resolves with the way it ended. */
  exited: Promise<string>;
  /** Sends SIGTERM, and after `graceMs` SIGKILL to what is left. */
  stop(graceMs: number): Promise<void>;
};

export type ChildOptions = {
  command: string[];
  cwd: string;
  env: Record<string, string>;
  /** The file for its output, which is kept small. */
  logFile: string;
};

/**
 * Starts a program in a separate process group, so that Ctrl-C reaches only the supervisor. Its output goes to a file,
 * so that it outlives a killed supervisor without a broken pipe.
 */
export function startChild(options: ChildOptions): Child {
  const [program = '', ...args] = options.command;
  mkdirSync(dirname(options.logFile), { recursive: true, mode: 0o700 });
  const large = (statSync(options.logFile, { throwIfNoEntry: false })?.size ?? 0) > logBytesMax;
  const output = openSync(options.logFile, large ? 'w' : 'a', 0o600);
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: childEnvironment(options.env),
    stdio: ['ignore', output, output],
    detached: true,
  });
  closeSync(output);
  const exited = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(`it ended with ${code ?? signal}`));
  });
  const pid = child.pid ?? 0;
  return {
    pid,
    exited,
    async stop(graceMs) {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
      const timer = setTimeout(() => killGroup(pid), graceMs);
      await exited;
      clearTimeout(timer);
      killGroup(pid);
    },
  };
}

/** The last lines of a child's log, for the message that it ended. */
export function lastWords(logFile: string, lines = 5): string {
  try {
    return readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
  } catch {
    return '';
  }
}

function killGroup(pid: number): void {
  try {
    if (pid > 0) process.kill(-pid, 'SIGKILL');
  } catch {
    // ESRCH: no process of it is left.
  }
}
