import { isLoopback } from '@/lib/config-auth';

/**
 * True when a request came from the console's own pages: its Origin is that of the base URL or, for a console of this
 * machine alone, any loopback name and port that the request itself was sent to. A page of another name never passes,
 * even where its name was made to lead here (DNS rebinding).
 */
export function isOwnOrigin(origin: string | null, host: string | null, baseUrl: string): boolean {
  if (!origin || !URL.canParse(origin)) return false;
  const [sent, base] = [new URL(origin), new URL(baseUrl)];
  if (sent.origin === base.origin) return true;
  return isLoopback(base.hostname) && isLoopback(sent.hostname) && sent.host === host;
}

/** The addresses under which a browser's requests are taken, where the request came with `host`: the base URL's first. */
export function ownOrigins(host: string | null, baseUrl: string): [string, ...string[]] {
  const { origin } = new URL(baseUrl);
  const asked = `http://${host}`;
  return isOwnOrigin(asked, host, baseUrl) && asked !== origin ? [origin, asked] : [origin];
}
