import { problem } from '../http/problem';
import type { Role, User } from '../users';
import { keyword, type Token } from './lexer';
import type { Statement } from './statement';

const readVerbs = new Set(['SELECT', 'FROM', 'SHOW', 'DESCRIBE', 'DESC', 'EXISTS', 'USE', 'SET', 'EXPLAIN']);
const explainable = new Set(['SELECT', 'FROM']);
/** Engines of temporary tables that stay inside the data folder. */
const harmlessEngines = /^(Memory|Log|TinyLog|StripeLog|Set|Join|Null|(Replacing|Summing|Aggregating)?MergeTree)$/i;

/**
 * Throws ClickHouse's 497 for a statement beyond the user's rights. What a reader may write (temporary tables only) is
 * decided by the engine, whose Session runs with `readonly=2`.
 */
export function checkRights(statement: Statement, user: User, outside: ReadonlySet<string>): void {
  if (user.role === 'admin') return;
  const list = statement.tokens;
  const refuse = (grant: string): never => {
    const text = `${user.name}: Not enough privileges. To execute this query, it's necessary to have the grant ${grant}`;
    throw problem(497, 'ACCESS_DENIED', text);
  };
  const source = list.find(
    (token, at) => isName(token) && isCall(list[at + 1]) && outside.has(token.text.toLowerCase()),
  );
  if (source) refuse(`READ ON ${source.text.toUpperCase()}`);
  const file = list.find((token) => token.kind === 'quoted' && token.text.includes('/'));
  if (file) refuse('READ ON FILE');
  if (!mayRun(statement, user.role))
    refuse(
      `${list
        .slice(0, 2)
        .map((token) => token.text.toUpperCase())
        .join(' ')} ON *.*`,
    );
}

function mayRun(statement: Statement, role: Role): boolean {
  const list = statement.tokens;
  const [first, second] = [keyword(list[0]), keyword(list[1])];
  if (statement.lead === 'EXPLAIN') return explainable.has(explained(list));
  if (readVerbs.has(statement.lead)) return statement.verb !== 'INSERT' || role !== 'reader';
  if (statement.verb === 'INSERT') return true;
  if (isTemporary(list)) return engineOf(list) === null || harmlessEngines.test(engineOf(list) ?? '');
  if (first === 'DROP' && second !== 'DATABASE') return role === 'reader';
  return role === 'deleter' && mayDelete(list, first, second);
}

/** The deleter's own: deletes, partitions and tables of backups, and KILL MUTATION. */
function mayDelete(list: Token[], first: string, second: string): boolean {
  if (first === 'KILL') return second === 'MUTATION';
  if (first === 'CREATE' && second === 'TABLE') {
    const at = keyword(list[2]) === 'IF' ? 5 : 2;
    return isBackup(list, at) && !list.some((token) => keyword(token) === 'POPULATE');
  }
  if (first !== 'ALTER' || second !== 'TABLE') return false;
  const commands = alterCommands(list);
  return commands.every(([a, b]) => a === 'DELETE' || (a === 'DROP' && b === 'PARTITION' && isBackup(list, 2)));
}

/** Whether the table named at `at`, with or without its database, is a backup table. */
function isBackup(list: Token[], at: number): boolean {
  const name = list[at + 1]?.text === '.' ? list[at + 2] : list[at];
  return name !== undefined && isName(name) && name.text.endsWith('_slc_backup');
}

/** First two keywords of each command of an ALTER TABLE; SETTINGS at the end is none. */
function alterCommands(list: Token[]): [string, string][] {
  let at = list[3]?.text === '.' ? 5 : 3;
  if (keyword(list[at]) === 'ON' && keyword(list[at + 1]) === 'CLUSTER') at += 3;
  const commands: [string, string][] = [];
  let depth = 0;
  for (let starts = true; at < list.length; at += 1) {
    const token = list[at];
    if (depth === 0 && keyword(token) === 'SETTINGS') break;
    if (starts) commands.push([keyword(token), keyword(list[at + 1])]);
    starts = depth === 0 && token?.kind === 'sign' && token.text === ',';
    if (token?.kind === 'sign') depth += '(['.includes(token.text) ? 1 : ')]'.includes(token.text) ? -1 : 0;
  }
  return commands;
}

function isTemporary(list: Token[]): boolean {
  const words = list.slice(0, 4).map(keyword);
  return words[0] === 'CREATE' && (words[1] === 'TEMPORARY' || (words[1] === 'OR' && words[3] === 'TEMPORARY'));
}

function engineOf(list: Token[]): string | null {
  const at = list.findIndex((token) => keyword(token) === 'ENGINE');
  if (at < 0) return null;
  return (list[at + 1]?.text === '=' ? list[at + 2] : list[at + 1])?.text ?? '';
}

/** The statement behind EXPLAIN and its kind and settings. */
function explained(list: Token[]): string {
  const known =
    /^(SELECT|FROM|WITH|INSERT|CREATE|ALTER|DROP|TRUNCATE|DELETE|UPDATE|SYSTEM|KILL|OPTIMIZE|RENAME|BACKUP|RESTORE)$/;
  const word = list.map(keyword).find((text) => known.test(text)) ?? '';
  return word === 'WITH' ? 'SELECT' : word;
}

const isName = (token: Token) => token.kind === 'word' || token.kind === 'quoted';
const isCall = (token: Token | undefined) => token?.kind === 'sign' && token.text === '(';
