import { problem } from '../problem';
import { isSign, keyword } from '../sql/lexer';
import { identifier, literal } from '../sql/quote';
import type { Statement } from '../sql/statement';
import type { QueryRequest } from './request';
import type { ClientSession } from './sessions';

/**
 * The setting that carries the query id into `system.processes`, since the engine makes its own ids. It is a text
 * setting that only the NATS and Redis table engines read.
 */
export const idSetting = 'stream_like_engine_insert_queue';

const name = /^[A-Za-z_][A-Za-z0-9_.]*$/;

/**
 * The statements that run before a request's own. `setup` is what many requests have in common, and what a connection
 * keeps: what the session still has to take back, database, settings, and read-only last, since it locks itself.
 * `values` runs for each request. `extra` are settings that hold where the request says nothing else.
 */
export function prepare(request: QueryRequest, session: ClientSession | null, extra: [string, string][] = []) {
  const settings = new Map([...extra, ...ownSettings(request)]);
  const values = new Map([[idSetting, request.queryId]]);
  for (const [key, value] of request.params) values.set(`param_${key}`, value);
  for (const key of [...settings.keys(), ...values.keys()]) {
    if (!name.test(key)) throw problem(115, 'UNKNOWN_SETTING', `Unknown setting '${key}'.`);
  }
  if (engineReadonly(request, session) && !session?.readonlySet) settings.set('readonly', '2');
  const use = request.database ? `USE ${identifier(request.database)};` : '';
  // The names are part of the setup too, so a connection never shows a value of another request.
  const names = request.params.size > 0 ? `/* ${[...request.params.keys()].sort().join(' ')} */` : '';
  const setup = `${session?.undo.join('') ?? ''}${use}${set(settings)}${names}`;
  // It is chosen each time, since the database may have been dropped after the connection chose it.
  return { setup, values: (session ? '' : use) + set(values) };
}

function set(values: Map<string, string>): string {
  const list = [...values].map(([key, value]) => `${key} = ${literal(value)}`);
  return list.length > 0 ? `SET ${list.join(', ')};` : '';
}

/** Whether the request may only read: by its method (GET), its user, or its own setting. */
export const isReadonly = (request: QueryRequest): boolean =>
  request.method === 'GET' || request.method === 'HEAD' || Number(request.settings.get('readonly') ?? 0) > 0;

/**
 * `readonly` cannot be unset, so a session that outlives the request gets it only where all of its requests have it.
 */
const engineReadonly = (request: QueryRequest, session: ClientSession | null): boolean =>
  request.user.role === 'reader' || (isReadonly(request) && !session);

const ownSettings = (request: QueryRequest) => [...request.settings].filter(([key]) => key !== 'readonly');

/** After a statement that worked: what it leaves to the session, and what the next one takes back. */
export function settle(request: QueryRequest, session: ClientSession, statement: Statement): void {
  if (statement.verb === 'USE') session.database = statement.head[1]?.text ?? session.database;
  else if (statement.verb === 'SET') noteSettings(statement, session);
  session.readonlySet ||= engineReadonly(request, session);
  session.undo = undoOf(request, session);
}

/** After a statement that failed anywhere: the same taken back one by one, since any of it may never have been set. */
export function undoOf(request: QueryRequest, session: ClientSession): string[] {
  const back = ownSettings(request).map(([key]) => {
    const value = session.settings.get(key);
    return `SET ${key} = ${value === undefined ? 'DEFAULT' : literal(value)};`;
  });
  return request.database ? [...back, `USE ${identifier(session.database)};`] : back;
}

function noteSettings({ head }: Statement, session: ClientSession) {
  head.forEach((token, at) => {
    const value = head[at + 2];
    if (!keyword(token) || !isSign(head[at + 1], '=') || !value) return;
    if (keyword(value) === 'DEFAULT') session.settings.delete(token.text);
    else session.settings.set(token.text, value.text);
  });
}
