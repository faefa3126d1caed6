import { problem } from '../problem';
import type { User } from '../users';
import { isSign, keyword, type Token } from './lexer';
import { isRead, type Statement } from './statement';

const common = new Set(['SELECT', 'FROM', 'SHOW', 'DESCRIBE', 'DESC', 'EXISTS', 'USE', 'SET', 'INSERT']);
const kinds =
  /^(SELECT|FROM|WITH|INSERT|CREATE|ALTER|DROP|TRUNCATE|DELETE|UPDATE|SYSTEM|KILL|OPTIMIZE|RENAME|BACKUP|RESTORE)$/;
/** Engines of temporary tables that stay inside the data folder. */
const harmlessEngines = /^(Memory|Log|TinyLog|StripeLog|Set|Join|Null|(Replacing|Summing|Aggregating)?MergeTree)$/i;

/**
 * Throws ClickHouse's 497 for a statement beyond the user's rights, and its 164 for a change by GET or `readonly`.
 * `outside` are the functions that reach beyond the tables, which are nobody's. What a reader may write (temporary
 * tables only) is decided by the engine itself, whose Session runs with `readonly=2`.
 */
export function checkRights(statement: Statement, user: User, readonly: boolean, outside: ReadonlySet<string>): void {
  if (statement.file) {
    throw problem(358, 'INTO_OUTFILE_NOT_ALLOWED', 'INTO OUTFILE and FROM INFILE are not allowed over HTTP', 400);
  }
  // The engine would signal its whole process group: this interface, and whatever started it.
  if (statement.verb === 'SYSTEM' && /^(SHUTDOWN|KILL)$/.test(keyword(statement.head[1]))) {
    throw problem(
      1,
      'UNSUPPORTED_METHOD',
      'SYSTEM SHUTDOWN and KILL are not supported here: stop the process instead.',
    );
  }
  const source = statement.called.map((name) => outsideName(name, outside)).find((name) => name !== null);
  // The engine itself keeps the file of a backup below its folder.
  const ofBackup = /^(BACKUP|RESTORE)$/.test(statement.verb) && source === 'file';
  if (source && !ofBackup) refuseOutside(user, source);
  if (statement.formatsValues) refuseOutside(user, 'format(Values)');
  if (user.role !== 'admin' && !mayRun(statement, user)) {
    refuse(user, `${(statement.parts[0] ?? []).join(' ').trim()} ON *.*`);
  }
  if (!readonly || isRead(statement) || statement.verb === 'SET' || statement.verb === 'USE') return;
  throw problem(164, 'READONLY', `${user.name}: Cannot execute query in readonly mode.`);
}

/** The name of a call that reaches outside the tables, in lower case; null for any other. */
export function outsideName(called: Token, outside: ReadonlySet<string>): string | null {
  if (called.kind !== 'word' && called.kind !== 'quoted') return null;
  const name = called.text.toLowerCase();
  // An escape may spell any name.
  return outside.has(name) || name.includes('\\') ? name : null;
}

/** Throws ClickHouse's 497 for a call of what reaches outside the tables. */
export const refuseOutside = (user: User, name: string): never => refuse(user, `READ ON ${name.toUpperCase()}`);

/** Throws ClickHouse's 497. */
export function refuse(user: User, grant: string): never {
  const text = `${user.name}: Not enough privileges. To execute this query, it's necessary to have the grant ${grant}.`;
  throw problem(497, 'ACCESS_DENIED', text);
}

function mayRun(statement: Statement, user: User): boolean {
  const { verb, head } = statement;
  if (common.has(verb)) return true;
  if (verb === 'EXPLAIN') return /^(SELECT|FROM|WITH)$/.test(head.map(keyword).find((word) => kinds.test(word)) ?? '');
  if (verb === 'CREATE' && isTemporary(head)) return harmlessEngines.test(engineOf(head));
  if (user.role === 'reader') return verb === 'DROP' && keyword(head[1]) !== 'DATABASE';
  return user.role === 'deleter' && mayRepair(statement);
}

/** The deleter's own: deletes, the tables and partitions of backups, KILL MUTATION. */
function mayRepair({ verb, head, parts }: Statement): boolean {
  const second = keyword(head[1]);
  if (verb === 'KILL') return second === 'MUTATION';
  if (verb === 'CREATE') return second === 'TABLE' && isBackup(head, keyword(head[2]) === 'IF' ? 5 : 2);
  if (verb !== 'ALTER' || second !== 'TABLE') return false;
  const at = behindTable(head);
  const own: [string, string] = [keyword(head[at]), keyword(head[at + 1])];
  const backup = isBackup(head, 2);
  return [own, ...parts.slice(1)].every(([a, b]) => a === 'DELETE' || (a === 'DROP' && b === 'PARTITION' && backup));
}

/** Whether the table named at `at`, with or without its database, is a backup table. */
function isBackup(head: Token[], at: number): boolean {
  const name = isSign(head[at + 1], '.') ? head[at + 2] : head[at];
  return (name?.kind === 'word' || name?.kind === 'quoted') && name.text.endsWith('_slc_backup');
}

function behindTable(head: Token[]): number {
  const at = isSign(head[3], '.') ? 5 : 3;
  return keyword(head[at]) === 'ON' && keyword(head[at + 1]) === 'CLUSTER' ? at + 3 : at;
}

function isTemporary(head: Token[]): boolean {
  const words = head.slice(0, 4).map(keyword);
  return words[1] === 'TEMPORARY' || (words[1] === 'OR' && words[3] === 'TEMPORARY');
}

function engineOf(head: Token[]): string {
  const at = head.findIndex((token) => keyword(token) === 'ENGINE');
  if (at < 0) return 'Memory';
  return (isSign(head[at + 1], '=') ? head[at + 2] : head[at + 1])?.text ?? '';
}
