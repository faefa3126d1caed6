import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { z } from 'zod';

/**
 * Makes a folder that only its owner may list. If this process is root, others may pass through it, since Postgres
 * then runs under another account. An existing folder is changed only if it is empty or has the file `mark`.
 */
export function makePrivateFolder(path: string, mark: string): void {
  mkdirSync(path, { recursive: true });
  if (existsSync(mark) || readdirSync(path).length === 0) chmodSync(path, process.getuid?.() === 0 ? 0o711 : 0o700);
}

/** Writes `value` as JSON that only its owner may read (0600), whole or not at all. */
export function writePrivateJson(path: string, value: unknown): void {
  mkdirSync(dirname(path), { recursive: true });
  const partial = `${path}.${process.pid}.partial`;
  writeFileSync(partial, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  renameSync(partial, path);
}

/** The content of a file of `writePrivateJson`; null if there is none or it has another shape. */
export function readPrivateJson<Schema extends z.ZodType>(path: string, schema: Schema): z.output<Schema> | null {
  if (!existsSync(path)) return null;
  try {
    const parsed = schema.safeParse(JSON.parse(readFileSync(path, 'utf8')));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
