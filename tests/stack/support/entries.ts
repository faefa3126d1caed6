import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type Declaration, declarationOf } from '@/lib/edge/declared';

const built = join('.next', 'server');
const read = (name: string): unknown => JSON.parse(readFileSync(join(built, name), 'utf8'));

const ActionsManifest = z.object({
  node: z.record(
    z.string(),
    z.object({ workers: z.record(z.string(), z.unknown()), filename: z.string(), exportedName: z.string() }),
  ),
  edge: z.record(z.string(), z.unknown()).refine((entries) => Object.keys(entries).length === 0, 'no edge actions'),
});
const PathsManifest = z.record(z.string(), z.string());

/** A way into the built pages that runs code of ours: an action, or a method of a route handler. */
export type Entry = {
  name: string;
  kind: 'action' | 'route';
  /** Where it is declared, from the repository's root, and under which export. */
  file: string;
  exportName: string;
  /** The address to ask. */
  path: string;
  /** The id that Next calls the action by. */
  actionId?: string;
};

const parameters: Record<string, string> = {
  customer: 'alaska-air',
  day: '2026-02-10',
};

/** An address of a built path such as `app/(console)/backfills/[run]/page`. */
export function addressOf(builtPath: string): string {
  const parts = builtPath
    .replace(/^app/, '')
    .replace(/\/(page|route)$/, '')
    .split('/')
    .filter((part) => part !== '' && !/^\(.*\)$/.test(part))
    .map((part) => part.replace(/^\[(?:\.\.\.)?(.+)\]$/, (_, name) => parameters[name] ?? crypto.randomUUID()));
  return `/${parts.join('/')}`;
}

/** Every server action that the build knows. */
export function builtActions(): Entry[] {
  return Object.entries(ActionsManifest.parse(read('server-reference-manifest.json')).node).map(([id, entry]) => ({
    name: `${entry.filename} ${entry.exportedName}`,
    kind: 'action',
    file: entry.filename,
    exportName: entry.exportedName,
    path: addressOf(Object.keys(entry.workers)[0] ?? ''),
    actionId: id,
  }));
}

const paths = () => Object.keys(PathsManifest.parse(read('app-paths-manifest.json')));
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** Every method of every route handler that the build knows. */
export async function builtRoutes(): Promise<Entry[]> {
  const files = paths().filter((path) => path.endsWith('/route'));
  const entries = await Promise.all(
    files.map(async (path) => {
      const file = `app${path}.ts`;
      const exported = Object.keys(await load(file)).filter((name) => methods.includes(name));
      return exported.map((method) => ({
        name: `${method} ${path.replace(/\/route$/, '')}`,
        kind: 'route' as const,
        file,
        exportName: method,
        path: addressOf(path),
      }));
    }),
  );
  return entries.flat();
}

/** The address of every page. */
export const builtPages = (): string[] =>
  paths()
    .filter((path) => path.endsWith('/page') && !path.startsWith('/_'))
    .map(addressOf);

const load = (file: string): Promise<Record<string, unknown>> => import(/* @vite-ignore */ join(process.cwd(), file));

/** What an entry declares; null for one that forgot. */
export async function declaredBy(entry: Pick<Entry, 'file' | 'exportName'>): Promise<Declaration | null> {
  const exported = await load(entry.file).catch(() => null);
  return declarationOf(exported?.[entry.exportName]);
}
