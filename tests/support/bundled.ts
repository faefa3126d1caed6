import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** Runs a program of `dist/` as a separate process; `flags` are Node's. */
export function runBundled(name: string, env: Record<string, string>, args: string[] = [], flags: string[] = []) {
  const child = spawn(process.execPath, [...flags, join('dist', name), ...args], { env: { ...process.env, ...env } });
  let out = '';
  let errors = '';
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  const ended = once(child, 'close').then(([code]: (number | null)[]) => ({ code: code ?? null, out, errors }));
  return { child, out: () => out, ended };
}

/** The command line, as `npm run cli` runs it. */
export const runCli = (env: Record<string, string>, args: string[]) => runBundled('cli.mjs', env, args).ended;
