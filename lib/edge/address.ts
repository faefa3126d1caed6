/**
 * The address of the caller: the entry of X-Forwarded-For that the outermost trusted proxy wrote. Anything left of it
 * is only a claim of the caller. Null if there is no trusted proxy or the request did not pass through it.
 */
export function addressOf(forwardedFor: string | null, trustedProxies: number): string | null {
  if (trustedProxies === 0 || !forwardedFor) return null;
  const entries = forwardedFor.split(',').map((entry) => entry.trim());
  return entries.at(-trustedProxies) || null;
}
