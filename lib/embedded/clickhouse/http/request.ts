import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { authenticate, type User, type UsersFile } from '../users';
import { problem } from './problem';

/** A request as ClickHouse's HTTP interface reads it: URL and headers, before the body. */
export type QueryRequest = {
  method: string;
  user: User;
  query: string;
  queryId: string;
  database: string | null;
  defaultFormat: string | null;
  session: { id: string; timeoutSeconds: number; check: boolean } | null;
  params: Map<string, string>;
  settings: Map<string, string>;
  waitEnd: boolean;
};

/** Parameters of the URL that are neither settings nor values of the statement. */
const reserved = new Set([
  'user',
  'password',
  'query',
  'query_id',
  'database',
  'default_format',
  'session_id',
  'session_timeout',
  'session_check',
  'wait_end_of_query',
  'buffer_size',
  'compress',
  'decompress',
  'quota_key',
  'stacktrace',
  'client_protocol_version',
  'role',
  'http_method',
  'close_session',
]);

const sessionSeconds = { default: 60, max: 3600 };

/**
 * Reads URL and headers and finds the user. Throws Problem 516 for a wrong name or password, and ClickHouse's own
 * codes for what does not fit together.
 */
export function readRequest(request: IncomingMessage, users: UsersFile): QueryRequest {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const search = url.searchParams;
  const header = (name: string) => {
    const value = request.headers[name];
    return Array.isArray(value) ? value[0] : value;
  };
  const settings = new Map<string, string>();
  const params = new Map<string, string>();
  for (const [name, value] of search) {
    if (name.startsWith('param_')) params.set(name.slice('param_'.length), value);
    else if (!reserved.has(name)) settings.set(name, value);
  }
  return {
    method: request.method ?? 'GET',
    user: findUser(search, header, users),
    query: search.get('query') ?? '',
    queryId: search.get('query_id') || header('x-clickhouse-query-id') || randomUUID(),
    database: header('x-clickhouse-database') ?? (search.get('database') || null),
    defaultFormat:
      header('x-clickhouse-format') ?? (search.get('default_format') || settings.get('default_format')) ?? null,
    session: readSession(search),
    params,
    settings,
    waitEnd: isOn(search.get('wait_end_of_query')),
  };
}

export const isOn = (value: string | null | undefined): boolean => value === '1' || value === 'true';

function findUser(search: URLSearchParams, header: (name: string) => string | undefined, users: UsersFile): User {
  const basic = /^Basic (.+)$/i.exec(header('authorization') ?? '')?.[1];
  const key = header('x-clickhouse-user') !== undefined || header('x-clickhouse-key') !== undefined;
  let [name, password] = [search.get('user') ?? 'default', search.get('password') ?? ''];
  if (key) {
    [name, password] = [header('x-clickhouse-user') ?? 'default', header('x-clickhouse-key') ?? ''];
  } else if (basic) {
    const pair = Buffer.from(basic, 'base64').toString();
    const colon = pair.indexOf(':');
    [name, password] = colon < 0 ? [pair, ''] : [pair.slice(0, colon), pair.slice(colon + 1)];
  }
  const user = authenticate(users, name, password);
  if (user) return user;
  const text = `${name}: Authentication failed: password is incorrect, or there is no user with such name.`;
  throw problem(516, 'AUTHENTICATION_FAILED', text);
}

function readSession(search: URLSearchParams): QueryRequest['session'] {
  const id = search.get('session_id');
  if (!id) return null;
  const asked = search.get('session_timeout');
  const seconds = asked === null ? sessionSeconds.default : Number(asked);
  if (!Number.isInteger(seconds) || seconds < 0 || seconds > sessionSeconds.max) {
    const text = `Session timeout '${asked}' is larger than max_session_timeout: ${sessionSeconds.max}. Maximum session timeout could be modified in configuration file.`;
    throw problem(374, 'INVALID_SESSION_TIMEOUT', text);
  }
  return { id, timeoutSeconds: seconds, check: isOn(search.get('session_check')) };
}
