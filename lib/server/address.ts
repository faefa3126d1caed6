const unknown = 'unknown';

/**
 * The address of whoever asks: the entry of X-Forwarded-For that the outermost trusted proxy wrote. Anything left of it
 * is what the caller claims. Without a trusted proxy addresses are not told apart.
 */
export function addressOf(forwardedFor: string | null, trustedProxies: number): string {
  if (trustedProxies === 0 || !forwardedFor) return unknown;
  const entries = forwardedFor.split(',').map((entry) => entry.trim());
  return entries.at(-trustedProxies) || unknown;
}
