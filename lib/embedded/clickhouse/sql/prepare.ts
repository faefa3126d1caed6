import { problem } from '../http/problem';
import type { QueryRequest } from '../http/request';
import type { ClientSession } from '../sessions';
import { identifier, literal } from './quote';

/**
 * Carries the query id into `system.processes`, since the engine mints ids of its own: a text setting that only the
 * NATS and Redis table engines read.
 */
export const idSetting = 'stream_like_engine_insert_queue';

const name = /^[A-Za-z_][A-Za-z0-9_.]*$/;

/**
 * The statements that prepare a Session for one request: database, settings, values, and read-only last, since
 * nothing may be set after it. `undo` takes back what must not outlive the request in a client's session.
 */
export function prepare(request: QueryRequest, session: ClientSession | null): { prefix: string; undo: string } {
  const sets = [`${idSetting} = ${literal(request.queryId)}`];
  for (const [key, value] of [...request.settings].filter(([key]) => key !== 'readonly')) {
    if (!name.test(key)) throw problem(115, 'UNKNOWN_SETTING', `Unknown setting '${key}'.`);
    sets.push(`${key} = ${literal(value)}`);
  }
  for (const [key, value] of request.params) {
    if (!name.test(key)) throw problem(36, 'BAD_ARGUMENTS', `Query parameter name '${key}' is not an identifier.`);
    sets.push(`param_${key} = ${literal(value)}`);
  }
  const readonly = readonlyOf(request);
  if (readonly && !(session && request.user.role === 'reader' && session.settings.has('readonly'))) {
    sets.push(`readonly = ${readonly}`);
  }
  const use = request.database ? `USE ${identifier(request.database)};` : '';
  return { prefix: `${use}SET ${sets.join(', ')};`, undo: session ? undoOf(request, session) : '' };
}

/** GET may not change anything; a reader neither, but for settings and temporary tables of its session. */
function readonlyOf(request: QueryRequest): string | null {
  const asked = request.settings.get('readonly');
  if (asked && asked !== '0') return literal(asked);
  return request.method === 'GET' || request.method === 'HEAD' || request.user.role === 'reader' ? '2' : null;
}

function undoOf(request: QueryRequest, session: ClientSession): string {
  const back = [...request.settings.keys()]
    .filter((key) => key !== 'readonly')
    .map((key) => `SET ${key} = ${session.settings.has(key) ? literal(session.settings.get(key) ?? '') : 'DEFAULT'};`);
  if (request.database) back.push(`USE ${identifier(session.database)};`);
  return back.join('');
}
