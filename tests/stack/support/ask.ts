import type { Role } from '@/lib/auth/permissions';
import { builtActions, type Entry } from './entries';

/** What came of asking an entry: "ok", the code of a failure, or else the HTTP status. */
export type Outcome = string;

const codeIn = (text: string): string | undefined => text.match(/"ok":false,"error":\{"code":"(\w+)"/)?.[1];

/** Calls an entry as a browser of the pages would; an action with one argument that no schema accepts. */
export async function ask(url: string, entry: Entry, headers: Record<string, string> = {}): Promise<Outcome> {
  const response =
    entry.kind === 'action'
      ? await callAction(url, entry, ['no object'], headers)
      : await fetch(url + entry.path, {
          method: entry.exportName,
          headers: { origin: url, ...headers },
          redirect: 'manual',
        });
  const text = await response.text();
  return codeIn(text) ?? (response.ok ? 'ok' : String(response.status));
}

/** Calls an action over HTTP, as Next's client does. */
export function callAction(url: string, entry: Entry, args: unknown[], headers: Record<string, string> = {}) {
  return fetch(url + entry.path, {
    method: 'POST',
    headers: {
      accept: 'text/x-component',
      'content-type': 'text/plain;charset=UTF-8',
      'next-action': entry.actionId ?? '',
      origin: url,
      ...headers,
    },
    body: JSON.stringify(args),
    redirect: 'manual',
  });
}

/** The cookies that an answer sets, as a Cookie header. */
export const cookiesOf = (response: Response): string =>
  response.headers
    .getSetCookie()
    .map((line) => line.split(';')[0] ?? '')
    .join('; ');

/** Signs in on the demo; the Cookie header of the session. */
export async function demoCookie(url: string, role: Role, name = `Test ${role}`): Promise<string> {
  const signIn = builtActions().find((entry) => entry.exportName === 'signIn');
  if (!signIn) throw new Error('the build has no signIn action');
  const response = await callAction(url, signIn, [{ name, role }]);
  const cookie = cookiesOf(response);
  if (!cookie.includes('slc_session=')) throw new Error(`no session: ${response.status} ${await response.text()}`);
  return cookie;
}
