import { posix } from 'node:path';

/** Highest first: a room may import the rooms below it, and itself. A room inside a room is named with its path. */
export const order = [
  'app',
  'components',
  'trouble',
  'find',
  'health',
  'retention',
  'notifications/conditions',
  'orders',
  'campaigns',
  'backfill/control',
  'backfill/view',
  'backfill/backups',
  'backfill/repair',
  'backfill/plan',
  'backfill/state',
  'differences',
  'active-days',
  'mutations',
  'label-jobs',
  'label-store',
  'approvals',
  'findings',
  'detection/schedule',
  'detection/view',
  'detection/scan',
  'findings/history',
  'detection/changes',
  'detection/judge',
  'detection',
  'labeler',
  'holds',
  'customers',
  'notifications',
  'sign-in',
  'edge',
  'audit',
  'auth',
  'workers',
  'help',
  'context',
  'jobs',
  'embedded',
  'export',
  'drivers',
  'root',
] as const;
export type Room = (typeof order)[number];

const drivers = new Set(['clickhouse', 'postgres', 'metrics']);
const named = new Set<string>(order.slice(2, -2));
/** A room has at most this many files, so that a newcomer can read its list. */
const filesMost = 21;
/** Next asks for a default export in these. */
const nextDefaults =
  /^app\/(.*\/)?(page|layout|error|global-error|not-found|forbidden|unauthorized|loading|template|default|icon|opengraph-image)\.tsx$/;

/** A source file by its path from the repository's root, with forward slashes. */
export type Source = { path: string; text: string };
export type Fault = { path: string; rule: string; detail: string };

/** The room of a file; null for entries and tools, which may compose anything. Throws for an unnamed folder of lib/. */
export function roomOf(path: string): Room | null {
  const [top, second = '', third = '', ...rest] = path.split('/');
  if (top === 'app' || top === 'components') return top;
  if (top !== 'lib') return null;
  if (third === '') return /^context(\.ts)?$/.test(second) ? 'context' : 'root';
  if (drivers.has(second)) return 'drivers';
  const inner = `${second}/${third}`;
  if (rest.length > 0 && named.has(inner)) return inner as Room;
  if (named.has(second)) return second as Room;
  throw new Error(`lib/${rest.length > 0 ? inner : second} is no room that this test names`);
}

/** The folders of lib/ that hold more files than a room may. */
export function crowdedOf(paths: readonly string[]): string[] {
  const files = new Map<string, number>();
  for (const path of paths.filter((one) => one.startsWith('lib/')))
    files.set(posix.dirname(path), (files.get(posix.dirname(path)) ?? 0) + 1);
  return [...files].filter(([, count]) => count > filesMost).map(([folder, count]) => `${folder}: ${count} files`);
}

const importPattern =
  /(?:^|\n)\s*(?:import|export)\s[^'";]*?from\s*'([^']+)'|(?:^|\n)\s*import\s*'([^']+)'|\bimport\(\s*'([^']+)'\s*\)/g;

/** What a file imports: a path in the repository without extension, or a package's name. */
export function importsOf({ path, text }: Source): string[] {
  return [...text.matchAll(importPattern)].map((match) => {
    const name = match[1] ?? match[2] ?? match[3] ?? '';
    if (name.startsWith('@/')) return name.slice(2);
    if (name.startsWith('.')) return posix.join(posix.dirname(path), name);
    return name;
  });
}

const isOurs = (name: string) => /^(app|components|lib|bin|tests|scripts)\//.test(name);
/** Tables of facts without I/O are as safe in a browser as a model. */
const isTable = (name: string) =>
  /^lib\/(backfill\/state\/(states|strategies)|auth\/permissions|detection\/flags)$/.test(name);
const isModel = (name: string) => /(^|\/)([a-z-]+-)?model(\.ts)?$/.test(name) || isTable(name);

/** Every fault of one file against the rules of this repository. */
export function faultsOf(source: Source): Fault[] {
  const { path, text } = source;
  const fault = (rule: string, detail: string): Fault => ({ path, rule, detail });
  let room: Room | null;
  try {
    room = roomOf(path);
  } catch (error) {
    return [fault('rooms have names', String(error))];
  }
  const faults: Fault[] = [];
  const imports = importsOf(source);
  for (const name of imports.filter(isOurs)) {
    if (room === null) continue;
    let target: Room | null;
    try {
      target = roomOf(name);
    } catch {
      continue;
    }
    if (target === null) faults.push(fault('imports go down', `${name} is no room`));
    else if (order.indexOf(target) < order.indexOf(room)) faults.push(fault('imports go down', name));
    if (
      room === 'components' &&
      target !== 'components' &&
      target !== 'root' &&
      !isModel(name) &&
      !/\/actions$/.test(name)
    )
      faults.push(fault('components see model and actions', name));
    if (/(^|\/)model\.ts$/.test(path) && !mayModelSee(name))
      faults.push(fault('a model sees models, errors and zod', name));
  }
  for (const name of imports.filter((each) => !isOurs(each))) {
    if (/(^|\/)model\.ts$/.test(path) && !['zod', 'temporal-polyfill'].includes(name))
      faults.push(fault('a model sees models, errors and zod', name));
    if (/^chdb(\/|$)/.test(name) && room !== 'embedded') faults.push(fault('only embedded knows chdb', name));
    if (name === '@kubernetes/client-node' && !path.startsWith('lib/jobs/kubernetes'))
      faults.push(fault('only jobs/kubernetes knows the Kubernetes client', name));
  }
  if (room !== null && room !== 'drivers' && holdsSql(source))
    faults.push(fault('SQL stands in sql files', 'a statement'));
  if (room !== 'embedded' && path !== scopeFile && isSqlFile.test(path) && comparesStart.test(text))
    faults.push(fault('the range of starts is in one file', scopeFile));
  if (/\bprocess\.env\b/.test(text) && path !== 'lib/config.ts' && room !== null)
    faults.push(fault('config alone reads process.env', 'process.env'));
  if (/^export default /m.test(text) && room !== null && !nextDefaults.test(path))
    faults.push(fault('no default exports', 'export default'));
  if (room !== null && /(^|\/)index\.tsx?$/.test(path)) faults.push(fault('no barrels', 'an index file'));
  return faults;
}

/** The one file that compares the start of a conversation with a range; any other would be a second predicate. */
const scopeFile = 'lib/customers/sql/scope.ts';
const comparesStart =
  /(conversation_start_time|\.start(Ms)?\})[\\`'")]*\s*(>=?|<=?|BETWEEN\b)|fromUnixTimestamp64(Milli|Micro|Nano)\(/;

/** Days, identifiers and other rules without I/O of the lib root and drivers are as safe in a browser as a model. */
const mayModelSee = (name: string) => isModel(name) || /^lib\/(errors|days|text|clickhouse\/identifiers)$/.test(name);

const sqlStart =
  /[`'"]\s*(SELECT\s|INSERT INTO\s|DELETE FROM\s|UPDATE\s+\S+\s+SET\s|ALTER TABLE\s|CREATE (TABLE|DATABASE|SCHEMA|ROLE)\s|DROP (TABLE|DATABASE)\s|WITH\s+\w+\s+AS\s*\(|TRUNCATE TABLE\s|KILL (MUTATION|QUERY)\s)/;

const isSqlFile = /(^|\/)sql(\.ts|\/.*\.ts)$/;

function holdsSql({ path, text }: Source): boolean {
  if (isSqlFile.test(path) || path.startsWith('lib/embedded/clickhouse/')) return false;
  return sqlStart.test(text);
}

/** Cycles among files, each as the path that closes it. */
export function cyclesOf(sources: Source[]): string[][] {
  const known = new Map(sources.map((source) => [source.path.replace(/\.tsx?$/, ''), source]));
  const done = new Set<string>();
  const cycles: string[][] = [];
  const visit = (name: string, trail: string[]): void => {
    const at = trail.indexOf(name);
    if (at >= 0) {
      cycles.push([...trail.slice(at), name]);
      return;
    }
    const source = known.get(name);
    if (!source || done.has(name)) return;
    for (const next of importsOf({ ...source, text: withoutTypes(source.text) })) visit(next, [...trail, name]);
    done.add(name);
  };
  for (const name of known.keys()) visit(name, []);
  return cycles;
}

/** Type-only imports are gone at run time and close no cycle. */
const withoutTypes = (text: string) => text.replace(/(^|\n)\s*(import|export) type\s[^'";]*?from\s*'[^']+';?/g, '\n');
