import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { problem } from '../problem';
import { authenticate, type User, type UsersFile } from '../users';

/** A table that came with the request: its rows lie in a file. */
export type ExternalTable = { name: string; structure: string; format: string; path: string };

/** A request as ClickHouse's HTTP interface reads it: URL, headers and form fields. */
export type QueryRequest = {
  method: string;
  user: User;
  query: string;
  queryId: string;
  database: string | null;
  defaultFormat: string;
  session: { id: string; timeoutSeconds: number; check: boolean } | null;
  params: Map<string, string>;
  settings: Map<string, string>;
  tables: ExternalTable[];
};

/** Parameters of the URL that are neither settings nor values of the statement. */
const reserved = new Set(
  `user password query query_id database default_format session_id session_timeout session_check wait_end_of_query
  buffer_size compress decompress quota_key stacktrace client_protocol_version role http_method close_session`.split(
    /\s+/,
  ),
);

const sessionSeconds = { default: 60, max: 3600 };

/** The user of the request by header, Basic or URL. Throws 516 for a wrong name or password. */
export function readUser(request: IncomingMessage, search: URLSearchParams, users: UsersFile): User {
  let [name, password] = [search.get('user') ?? 'default', search.get('password') ?? ''];
  const basic = /^Basic (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  const header = headerOf(request, 'x-clickhouse-user');
  const key = headerOf(request, 'x-clickhouse-key');
  if (header !== null || key !== null) [name, password] = [header ?? 'default', key ?? ''];
  else if (basic) {
    const pair = Buffer.from(basic, 'base64').toString();
    const colon = pair.indexOf(':');
    [name, password] = colon < 0 ? [pair, ''] : [pair.slice(0, colon), pair.slice(colon + 1)];
  }
  const user = authenticate(users, name, password);
  if (user) return user;
  const text = `${name}: Authentication failed: password is incorrect, or there is no user with such name.`;
  throw problem(516, 'AUTHENTICATION_FAILED', text);
}

/** Reads URL, form fields (already in `search`) and headers. Throws ClickHouse's own codes for what does not fit. */
export function readRequest(
  request: IncomingMessage,
  search: URLSearchParams,
  user: User,
  tables: ExternalTable[],
): QueryRequest {
  if (isOn(search.get('compress')) || isOn(search.get('decompress'))) {
    const text = 'The native compression of compress=1 and decompress=1 is not implemented here; use Content-Encoding';
    throw problem(48, 'NOT_IMPLEMENTED', text);
  }
  const settings = new Map<string, string>();
  const params = new Map<string, string>();
  const ofTables = new Set(tables.flatMap(({ name }) => [`${name}_structure`, `${name}_types`, `${name}_format`]));
  for (const [name, value] of search) {
    if (name.startsWith('param_')) params.set(name.slice('param_'.length), value);
    else if (!reserved.has(name) && !ofTables.has(name)) settings.set(name, value);
  }
  return {
    method: request.method ?? 'GET',
    user,
    query: search.get('query') ?? '',
    queryId: search.get('query_id') || headerOf(request, 'x-clickhouse-query-id') || randomUUID(),
    database: headerOf(request, 'x-clickhouse-database') || search.get('database') || null,
    defaultFormat: headerOf(request, 'x-clickhouse-format') || search.get('default_format') || 'TabSeparated',
    session: readSession(search),
    params,
    settings,
    tables,
  };
}

/** A flag as ClickHouse reads one. */
export const isOn = (value: string | null | undefined): boolean => value === '1' || value === 'true';

function headerOf(request: IncomingMessage, name: string): string | null {
  const value = request.headers[name];
  return (Array.isArray(value) ? value[0] : value) ?? null;
}

function readSession(search: URLSearchParams): QueryRequest['session'] {
  const id = search.get('session_id');
  if (!id) return null;
  const asked = search.get('session_timeout');
  const seconds = asked === null ? sessionSeconds.default : Number(asked);
  if (!Number.isInteger(seconds) || seconds < 0 || seconds > sessionSeconds.max) {
    const text = `Invalid session timeout: '${asked}', it must be a whole number and not exceed ${sessionSeconds.max}.`;
    throw problem(374, 'INVALID_SESSION_TIMEOUT', text);
  }
  return { id, timeoutSeconds: seconds, check: isOn(search.get('session_check')) };
}
