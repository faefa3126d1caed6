import type { IncomingMessage } from 'node:http';

const loopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/i;

export const isLoopback = (host: string): boolean => loopback.test(host.includes('::') ? `[${host}]` : host);

/**
 * Why a request is not answered: pages of a browser have no business here, by any name that leads to this machine.
 * `host` is where the interface listens; beyond loopback it may have any name. Null for programs.
 */
export function refusalOf({ headers }: IncomingMessage, host: string): string | null {
  const site = headers['sec-fetch-site'];
  if (headers.origin !== undefined) return 'Requests of web pages (with an Origin) are refused.';
  if (site === 'cross-site' || site === 'same-site') return 'Requests of web pages (Sec-Fetch-Site) are refused.';
  if (isLoopback(host) && !loopback.test(headers.host ?? '')) {
    return 'This Host is no name of this machine: ask for 127.0.0.1 or localhost.';
  }
  return null;
}
