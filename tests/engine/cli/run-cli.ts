import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export type CliResult = { code: number | null; out: string; errors: string };

/** Runs the bundled command line as a process of its own, as `npm run cli` does. */
export async function runCli(env: Record<string, string>, args: string[]): Promise<CliResult> {
  const child = spawn(process.execPath, [join('dist', 'cli.mjs'), ...args], { env: { ...process.env, ...env } });
  let out = '';
  let errors = '';
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out, errors };
}
