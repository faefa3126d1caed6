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
  /** The revision whose Native format the client reads; 0 is that without one. */
  protocolVersion: number;
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

type Credentials = { by: string; name: string; password: string };

/**
 * The user of the request by header, Basic or URL, one of them. Throws 516 for a wrong name or password, and for a
 * mixture.
 */
export function readUser(request: IncomingMessage, search: URLSearchParams, users: UsersFile): User {
  const [given, other] = [byHeaders(request), byScheme(request), byUrl(search)].filter((each) => each !== null);
  if (given && other) {
    throw failed(`Invalid authentication: it is not allowed to use ${given.by} and ${other.by} simultaneously`);
  }
  const { by, name, password } = given ?? { by: '', name: 'default', password: '' };
  if (name === '') throw failed(`Got an empty user name from ${by}`);
  const user = authenticate(users, name, password);
  if (user) return user;
  throw failed(`${name}: Authentication failed: password is incorrect, or there is no user with such name.`);
}

const failed = (text: string) => problem(516, 'AUTHENTICATION_FAILED', text);

function byHeaders(request: IncomingMessage): Credentials | null {
  const name = headerOf(request, 'x-clickhouse-user');
  const password = headerOf(request, 'x-clickhouse-key');
  return name || password ? { by: 'X-ClickHouse HTTP headers', name: name ?? '', password: password ?? '' } : null;
}

function byScheme({ headers: { authorization } }: IncomingMessage): Credentials | null {
  if (!authorization) return null;
  const [scheme = '', credentials = ''] = authorization.split(' ');
  if (scheme.toLowerCase() !== 'basic') {
    throw failed(`Invalid authentication: '${scheme}' HTTP Authorization scheme is not supported`);
  }
  const [name = '', ...password] = Buffer.from(credentials, 'base64').toString().split(':');
  return { by: 'Authorization HTTP header', name, password: password.join(':') };
}

function byUrl(search: URLSearchParams): Credentials | null {
  if (!search.has('user') && !search.has('password')) return null;
  const [name, password] = [search.get('user') ?? 'default', search.get('password') ?? ''];
  return { by: 'authentication via parameters', name, password };
}

/** Reads URL, form fields (already in `search`) and headers. Throws ClickHouse's own codes for what does not fit. */
export function readRequest(
  request: IncomingMessage,
  search: URLSearchParams,
  user: User,
  tables: ExternalTable[],
): QueryRequest {
  const role = search.get('role');
  if (role !== null) throw problem(511, 'UNKNOWN_ROLE', `There is no role \`${role}\` in \`user directories\`.`);
  const format = headerOf(request, 'x-clickhouse-format') || search.get('default_format') || 'TabSeparated';
  // It becomes a part of the statement.
  if (!/^\w+$/.test(format)) throw problem(73, 'UNKNOWN_FORMAT', `Unknown format ${format}.`);
  const settings = new Map<string, string>();
  const params = new Map<string, string>();
  const ofTables = new Set(tables.flatMap(({ name }) => [`${name}_structure`, `${name}_types`, `${name}_format`]));
  for (const [name, value] of search) {
    const param = name.startsWith('param_') ? name.slice('param_'.length) : null;
    // As in ClickHouse, the first of two values counts, and the last of two settings.
    if (param !== null) params.set(param, params.get(param) ?? value);
    else if (name !== '' && !reserved.has(name) && !ofTables.has(name)) settings.set(name, value);
  }
  return {
    method: request.method ?? 'GET',
    user,
    query: search.get('query') ?? '',
    queryId: search.get('query_id') || headerOf(request, 'x-clickhouse-query-id') || randomUUID(),
    database: headerOf(request, 'x-clickhouse-database') || search.get('database') || null,
    defaultFormat: format,
    protocolVersion: readProtocolVersion(search),
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

function readProtocolVersion(search: URLSearchParams): number {
  const given = search.get('client_protocol_version') ?? '0';
  if (/^\d{1,9}$/.test(given)) return Number(given);
  throw problem(72, 'CANNOT_PARSE_NUMBER', `Invalid client_protocol_version: '${given}', it must be a whole number.`);
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
  const timeoutSeconds = isOn(search.get('close_session')) ? 0 : seconds;
  return { id, timeoutSeconds, check: isOn(search.get('session_check')) };
}
