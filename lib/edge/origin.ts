import { isLoopback } from '@/lib/config-auth';

/**
 * Whether a request came from the console's own pages. Its Origin must be that of the base URL or, if the base URL is
 * on loopback, the loopback name and port that the request was sent to. A page with another name never passes, even if
 * its name was made to resolve to this machine (DNS rebinding).
 */
export function isOwnOrigin(origin: string | null, host: string | null, baseUrl: string): boolean {
  if (!origin || !URL.canParse(origin)) return false;
  const [sent, base] = [new URL(origin), new URL(baseUrl)];
  if (sent.origin === base.origin) return true;
  return isLoopback(base.hostname) && isLoopback(sent.hostname) && sent.host === host;
}

/** The origins that are accepted for a request to `host`; that of the base URL is the first. */
export function ownOrigins(host: string | null, baseUrl: string): [string, ...string[]] {
  const { origin } = new URL(baseUrl);
  const asked = `http://${host}`;
  return isOwnOrigin(asked, host, baseUrl) && asked !== origin ? [origin, asked] : [origin];
}
